import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { type KongConfig, type KongRoute, kongConfig } from '../../../charts-ts/targets/kong/config.ts';
import { buildStandIn } from './images.ts';
import type { PodmanStore } from './podman-store.ts';

const pluginsOf = ({ plugins = [] }: { plugins?: KongRoute['plugins'] }, config: KongConfig) => {
  const own = new Set(plugins.map(({ name }) => name));
  return [...plugins, ...(config.plugins ?? []).filter(({ name }) => !own.has(name))];
};

function location(config: KongConfig, route: KongRoute, path: string): string {
  const [upstream] = config.services;
  if (!upstream) throw new Error('the configuration has no service');
  const allow = pluginsOf(route, config).flatMap((plugin) =>
    plugin.name === 'ip-restriction' ? plugin.config.allow.map((network) => `allow ${network};`) : [],
  );
  return `location ~ ^${path.replace(/^~/, '')} {
    if ($request_method !~ ^(${route.methods.join('|')})$) { return 404; }
    ${allow.join(' ')} ${allow.length > 0 ? 'deny all;' : ''}
    proxy_pass ${upstream.protocol}://${upstream.host}:${upstream.port};
    proxy_http_version 1.1;
    proxy_set_header Host ${route.preserve_host ? '$http_host' : '$proxy_host'};
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Request-Id $request_id;
    add_header X-Stand-In "nginx for Kong, route ${route.name}" always;
  }`;
}

/** nginx with the routes, methods, networks and header fields of a configuration of Kong. It has no limits. */
function nginxConfig(config: KongConfig): string {
  const locations = config.services.flatMap(({ routes }) =>
    routes.flatMap((route) => route.paths.map((path) => location(config, route, path))),
  );
  return `daemon off;
pid /tmp/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen 8080;
    ${locations.join('\n    ')}
    location / {
      default_type application/json;
      return 404 '{"message":"no Route matched with those values"}';
    }
  }
}
`;
}

/**
 * kong:… as nginx of Debian, made for one configuration: the container refuses to start with another.
 * @param others further configurations with the same routes
 */
export function buildKong(store: PodmanStore, name: string, text: string, ...others: string[]): void {
  const sums = [text, ...others].map((one) => createHash('sha256').update(one).digest('hex'));
  buildStandIn(store, name, {
    programs: ['/usr/sbin/nginx'],
    files: {
      '/etc/nginx/nginx.conf': nginxConfig(kongConfig.parse(parse(text))),
      '/usr/local/bin/kong': '#!/bin/bash\nexec 3<>/dev/tcp/127.0.0.1/8080\n',
      '/usr/local/bin/docker-entrypoint.sh': `#!/bin/bash
set -e
read -r sum _ < <(sha256sum "$KONG_DECLARATIVE_CONFIG")
[[ ' ${sums.join(' ')} ' == *" $sum "* ]]
[ "$KONG_PROXY_LISTEN" = 0.0.0.0:8080 ]
exec nginx -c /etc/nginx/nginx.conf
`,
    },
    instructions: `RUN mkdir -p /var/log/nginx /var/lib/nginx
EXPOSE 8080
ENTRYPOINT ["docker-entrypoint.sh"]`,
  });
}
