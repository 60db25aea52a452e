import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { ask } from './client.ts';
import { freePort, startProcess, startTimeout, waitFor } from './process.ts';

export interface Nginx {
  readonly url: string;
  /** Reloads nginx with these upstreams. Requests in flight finish on their old upstream. Without one, nginx answers 503. */
  route(upstreams: readonly string[]): void;
}

const binary = '/usr/sbin/nginx';

/**
 * Without retries, so that a failed request of a replica shows. Connections to replicas are kept alive, as an ingress does.
 */
function configuration(folder: string, port: number, upstreams: readonly string[]): string {
  const servers = upstreams.map((url) => `    server ${new URL(url).host} max_fails=0;`).join('\n');
  // An upstream without servers is no valid configuration.
  const upstream = upstreams.length > 0 ? `  upstream replicas {\n${servers}\n    keepalive 64;\n  }` : '';
  const destination = upstreams.length > 0 ? 'proxy_pass http://replicas;' : 'return 503;';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/nginx-${name};`)
    .join('\n');
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log warn;
events { worker_connections 4096; }
http {
  access_log off;
${temporary}
${upstream}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      ${destination}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_next_upstream off;
    }
  }
}
`;
}

export async function startNginx(
  folder: string,
  upstreams: readonly string[],
  cleanup: Cleanup,
): Promise<Nginx> {
  if (!existsSync(binary)) throw new Error('nginx is missing: apt-get install nginx-light');
  const port = await freePort();
  const home = join(folder, 'nginx');
  mkdirSync(home);
  const file = join(home, 'nginx.conf');
  const write = (urls: readonly string[]): void => writeFileSync(file, configuration(home, port, urls));
  write(upstreams);
  const managed = startProcess([binary, '-c', file, '-p', home], { logFile: join(folder, 'nginx.out') });
  cleanup.add(async () => void (await managed.stop('SIGTERM')));
  const url = `http://127.0.0.1:${port}`;
  await waitFor('nginx', async () => (await ask(url, 'GET /api/v1/health')).status === 200, startTimeout);
  return {
    url,
    route(urls) {
      write(urls);
      managed.signal('SIGHUP');
    },
  };
}
