import type { Run } from '../../commands/verify/support/run-verify.ts';

export interface BrokenProxy {
  readonly title: string;
  /** Breaks the configuration of nginx that is right. */
  readonly change: (text: string, ports: { readonly service: number; readonly management: number }) => string;
  readonly options?: Run['options'];
  /** The check that must fail, and no other. */
  readonly check: string;
}

/** @throws Error when the configuration has no such text, so that nothing would be broken */
export function replaced(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, () => to);
  if (changed === text) throw new Error(`nginx.conf has no ${from}`);
  return changed;
}

const location = '    location / {\n      proxy_pass http://auth_service;\n';

/** Adds lines to the location that leads to the service. */
const inLocation =
  (lines: string): BrokenProxy['change'] =>
  (text) =>
    replaced(text, location, `${location}      ${lines}\n`);

/** Adds a location before that one. */
const before =
  (more: string): BrokenProxy['change'] =>
  (text, { management }) =>
    replaced(text, location, `    ${more.replace('MANAGEMENT', String(management))}\n${location}`);

/** A location with the headers that the project sends on, which a header of its own would drop. */
const headers = [
  'proxy_set_header Connection "";',
  'proxy_set_header Host $host;',
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
];

const headersWith = (name: string, value: string): string =>
  [...headers.filter((line) => !line.includes(` ${name} `)), `proxy_set_header ${name} ${value};`].join(' ');

const cacheZone = '  proxy_cache_path FOLDER/cache keys_zone=broken:1m;\n  upstream auth_service {';

const withCache =
  (path: string, key: string, methods: string): BrokenProxy['change'] =>
  (text, ports) =>
    before(`location = ${path} {
      proxy_pass http://auth_service;
      proxy_cache broken;
      proxy_cache_key "${key}";
      proxy_cache_methods ${methods};
      proxy_cache_valid 200 10m;
      proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
    }`)(replaced(text, '  upstream auth_service {', cacheZone), ports);

const otherKey =
  '{"keys":[{"kty":"EC","crv":"P-256","kid":"old","alg":"ES256","use":"sig","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}';

/** Each breaks one thing of the proxy. The service behind it is right. */
export const brokenProxies: readonly BrokenProxy[] = [
  {
    title: 'a proxy that removes HSTS',
    change: inLocation('proxy_hide_header Strict-Transport-Security;'),
    check: 'header-hsts',
  },
  {
    title: 'a proxy that adds a header again',
    change: inLocation('add_header X-Content-Type-Options nosniff always;'),
    check: 'header-content-type-options',
  },
  {
    title: 'a proxy that lets other sites frame the service',
    change: inLocation('proxy_hide_header X-Frame-Options; add_header X-Frame-Options ALLOWALL always;'),
    check: 'header-frame-options',
  },
  {
    title: 'TLS 1.1 only',
    change: (text) =>
      replaced(
        replaced(text, 'TLSv1.2 TLSv1.3', 'TLSv1.1'),
        /ssl_ciphers .*;/,
        'ssl_ciphers ALL:@SECLEVEL=0;',
      ),
    check: 'tls-version',
  },
  {
    title: 'TLS 1.1 beside newer versions',
    change: (text) =>
      replaced(
        replaced(text, 'TLSv1.2 TLSv1.3', 'TLSv1.1 TLSv1.2 TLSv1.3'),
        /ssl_ciphers .*;/,
        'ssl_ciphers ALL:@SECLEVEL=0;',
      ),
    check: 'tls-old-versions',
  },
  {
    title: 'plain HTTP that is served',
    change: (text) =>
      replaced(text, 'return 301 https://$host$request_uri;', 'proxy_pass http://auth_service;'),
    check: 'http-redirect',
  },
  {
    title: 'a proxy that reaches no replica',
    change: (text) => replaced(text, /server 127\.0\.0\.1:\d+/, 'server 127.0.0.1:9'),
    check: 'health',
  },
  {
    title: 'metrics that are public',
    change: (text, { management }) =>
      replaced(
        text,
        'location ^~ /metrics {\n      return 404;',
        `location ^~ /metrics {\n      proxy_pass http://127.0.0.1:${management};`,
      ),
    check: 'metrics-private',
  },
  {
    title: 'probes of the management port that are public',
    change: before('location = /livez { proxy_pass http://127.0.0.1:MANAGEMENT; }'),
    check: 'management-private',
  },
  {
    title: 'documentation that must not be public',
    change: (text) => text,
    options: { demandsPrivateDocs: true },
    check: 'docs-private',
  },
  {
    title: 'a proxy that allows every origin',
    change: inLocation('add_header Access-Control-Allow-Origin * always;'),
    check: 'cors-foreign',
  },
  {
    title: 'a proxy that answers preflight requests itself',
    change: inLocation('if ($request_method = OPTIONS) { return 204; }'),
    options: { origin: 'https://app.yourdomain.com' },
    check: 'cors-allowed',
  },
  {
    title: 'a proxy that replaces the Host header',
    // Without the server for other names, nginx serves every name with this one.
    change: (text, ports) =>
      inLocation(headersWith('Host', 'api.yourdomain.com'))(
        replaced(text, / {2}server \{\n *listen \S+:443 ssl.* default_server;[\s\S]*?\n {2}\}\n/, ''),
        ports,
      ),
    check: 'host-header',
  },
  {
    title: 'a proxy that believes the address that clients send',
    change: inLocation(headersWith('X-Forwarded-For', '$http_x_forwarded_for')),
    check: 'client-address',
  },
  {
    title: 'a proxy with error pages of its own',
    change: (text, ports) =>
      before("location @page { internal; default_type text/html; return 404 '<h1>Not found</h1>'; }")(
        inLocation('proxy_intercept_errors on; error_page 404 @page;')(text, ports),
        ports,
      ),
    check: 'error-format',
  },
  {
    title: 'a proxy that replaces the request id',
    change: inLocation(headersWith('X-Request-Id', '$request_id')),
    check: 'request-id',
  },
  {
    title: 'a proxy that passes some methods only',
    change: inLocation('limit_except GET POST { deny all; }'),
    check: 'method-not-allowed',
  },
  {
    title: 'a proxy that removes the Authorization header',
    change: inLocation(headersWith('Authorization', '""')),
    check: 'current-user',
  },
  {
    title: 'a proxy that stores answers of users/me',
    change: withCache('/api/v1/users/me', '$request_uri', 'GET'),
    check: 'answers-fresh',
  },
  {
    title: 'a proxy that answers refreshes from its cache',
    change: withCache('/api/v1/auth/refresh', '$request_body', 'POST'),
    check: 'refresh-replay',
  },
  {
    title: 'a proxy that compresses tokens',
    change: inLocation('gzip on; gzip_proxied any; gzip_min_length 1; gzip_types application/json;'),
    check: 'tokens-not-stored',
  },
  {
    title: 'a CDN with an old set of keys',
    change: before(
      `location = /.well-known/jwks.json { default_type application/json; return 200 '${otherKey}'; }`,
    ),
    check: 'signing-key',
  },
  {
    title: 'keys that are not published',
    change: before('location = /.well-known/jwks.json { return 404; }'),
    check: 'jwks',
  },
  {
    title: 'registration that is closed',
    change: before('location = /api/v1/auth/register { return 403; }'),
    check: 'registration',
  },
  {
    title: 'rate limits that the proxy hides',
    change: inLocation('proxy_hide_header RateLimit-Limit; proxy_hide_header RateLimit-Remaining;'),
    check: 'rate-limit-headers',
  },
];
