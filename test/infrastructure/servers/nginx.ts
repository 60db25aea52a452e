import { type Configure, type Program, type ProxyPlace, type RunningProxy, startProxy } from './proxy.ts';

export const nginx: Program = {
  name: 'nginx',
  install: 'apt-get install nginx-light',
  versionOptions: ['-v'],
};

/** What nginx needs around the `http` block, so that it runs in the foreground and writes below its folder only. */
function surround(http: string, { folder }: ProxyPlace): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${folder}/${name};`,
  );
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
${temporary.join('\n')}
${http}
}
`;
}

/** @param configure makes the content of the `http` block */
export function startNginx(configure: Configure): Promise<RunningProxy> {
  const options = (file: string, { folder }: ProxyPlace) => ['-c', file, '-p', folder, '-e', 'stderr'];
  return startProxy(nginx, 'nginx.conf', options, (place) => surround(configure(place), place));
}

/** Passes everything to one server, `host:port`, and adds the address of the client to X-Forwarded-For. */
export const nginxForwarding =
  (upstream: string): Configure =>
  ({ listen }) =>
    `
  upstream service {
    server ${upstream} max_fails=0;
    keepalive 16;
  }
  server {
    listen ${listen};
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_next_upstream off;
    }
  }`;
