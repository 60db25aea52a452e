import type { Fixture } from './fixture.ts';

const nginx = 'nginx/nginx.conf';

export const nginxFixtures: readonly Fixture[] = [
  {
    title: 'a block without its end',
    file: nginx,
    from: /\}\n$/,
    to: '',
    finding: 'nginx/nginx.conf: the block that begins in line LINE has no } [nginx-syntax]',
    at: 'http {',
  },
  {
    title: 'TLS 1.1',
    file: nginx,
    from: 'ssl_protocols TLSv1.2',
    to: 'ssl_protocols TLSv1.1 TLSv1.2',
    finding:
      'nginx/nginx.conf: line LINE: TLSv1.1 is not secure: allow TLSv1.2 and TLSv1.3 only [tls-versions]',
    at: 'TLSv1.1',
  },
  {
    title: 'a second Strict-Transport-Security',
    file: nginx,
    from: 'server_tokens off;',
    to: 'add_header strict-transport-security "max-age=1" always;',
    finding:
      'nginx/nginx.conf: line LINE: the service sends Strict-Transport-Security itself: remove the second one [one-hsts]',
    at: 'add_header strict-transport-security',
  },
  {
    title: 'addresses that the client has written',
    file: nginx,
    from: 'X-Forwarded-For $remote_addr',
    to: 'X-Forwarded-For $proxy_add_x_forwarded_for',
    finding:
      'nginx/nginx.conf: line LINE: X-Forwarded-For must be $remote_addr, because a client can write everything else in it [forwarded-for]',
    at: '$proxy_add_x_forwarded_for;\n  proxy_set_header X-Forwarded-Proto',
  },
  {
    title: 'a location whose field hides those above it',
    file: nginx,
    from: 'proxy_pass http://auth_service;',
    to: 'proxy_set_header X-Tenant a; proxy_pass http://auth_service;',
    finding:
      'nginx/nginx.conf: line LINE: the requests of this location have no X-Forwarded-For: set it beside the other fields of the block [forwarded-for]',
    at: 'proxy_set_header X-Tenant',
  },
  {
    title: 'an address that no replica has',
    file: nginx,
    from: 'server 172.30.10.11:8000',
    to: 'server 172.30.10.13:8000',
    finding:
      'nginx/nginx.conf: line LINE: no container has the address 172.30.10.13:8000 [upstream-addresses]',
    at: 'server 172.30.10.13:8000',
  },
  {
    title: 'a replica that gets no requests',
    file: nginx,
    from: /\n {4}server 172\.30\.10\.12[^\n]*/,
    to: '',
    finding:
      'nginx/nginx.conf: the upstream auth_service lacks 172.30.10.12:8000, the address of the container auth-service-2 [upstream-addresses]',
  },
  {
    title: 'connections that nginx keeps for longer than the service',
    file: nginx,
    from: /( {4}keepalive_timeout) 60s/,
    to: '$1 75s',
    finding:
      'nginx/nginx.conf: line LINE: keepalive_timeout 75s must be below KEEP_ALIVE_TIMEOUT, 75s, because nginx otherwise uses connections that the service is closing [keep-alive]',
    at: 'upstream auth_service {',
  },
  {
    title: 'metrics for everybody',
    file: nginx,
    from: 'location ^~ /metrics {',
    to: 'location ^~ /metric {',
    finding:
      'nginx/nginx.conf: line LINE: this server must answer /metrics with 404, because metrics are for this machine only [metrics-inside]',
    at: 'server {\n    listen 443 ssl;\n    listen [::]:443 ssl;\n    http2',
  },
  {
    title: 'a handshake for unknown hosts',
    file: nginx,
    from: 'ssl_reject_handshake on;',
    to: '',
    finding:
      'nginx/nginx.conf: port 443 has no default_server that refuses unknown hosts by ssl_reject_handshake on and return 444 [unknown-hosts]',
  },
  {
    title: 'an answer to unknown hosts',
    file: nginx,
    from: /return 444;(?=[^4]*listen 443)/,
    to: '',
    finding:
      'nginx/nginx.conf: port 80 has no default_server that refuses unknown hosts by return 444 [unknown-hosts]',
  },
  {
    title: 'a redirection of the challenge',
    file: nginx,
    from: 'server_name api.yourdomain.com;\n\n    location /.well',
    to: 'server_name api.yourdomain.com;\n    return 301 https://$host$request_uri;\n    location /.well',
    finding:
      'nginx/nginx.conf: line LINE: this return comes before every location, also before the challenge of certbot [acme-challenge]',
    at: 'return 301 https://$host$request_uri;\n    location',
  },
  {
    title: 'another folder for the challenge',
    file: nginx,
    from: 'root /var/www/acme;',
    to: 'root /var/www/html;',
    finding:
      'nginx/nginx.conf: line LINE: port 80 must serve /.well-known/acme-challenge/ from /var/www/acme, or certbot cannot renew [acme-challenge]',
    at: 'server {\n    listen 80;',
  },
  {
    title: 'clients without a limit',
    file: nginx,
    from: '  limit_conn connections 100;\n',
    to: '',
    finding:
      'nginx/nginx.conf: limit_conn is missing: the service does not limit the connections of a trusted proxy [client-limits]',
  },
  {
    title: 'a host that the service refuses',
    file: nginx,
    from: 'server_name api.yourdomain.com;',
    to: 'server_name api.yourdomain.com www.yourdomain.com;',
    finding:
      'nginx/nginx.conf: line LINE: the service refuses the host www.yourdomain.com, which is not in ALLOWED_HOSTS [server-name]',
    at: 'server_name api.yourdomain.com www',
  },
];
