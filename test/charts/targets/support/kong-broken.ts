type Broken = readonly [title: string, from: string, to: string, ...lines: string[]];

/** The first route, as the file has it. */
const credentials = `      - name: credentials
        methods:
          - POST
          - OPTIONS
        paths:
          - ~/api/v1/auth/(register|login|refresh|password/reset)$
        protocols:
          - http
          - https
        strip_path: false
        preserve_host: true
`;

/** What the schema refuses: the good kong.yml with one change, and what the operator reads then. */
const malformed: readonly Broken[] = [
  [
    'a plugin that does not exist',
    'name: correlation-id',
    'name: request-id',
    'plugins[2].name: must be one of rate-limiting, correlation-id, request-size-limiting, ip-restriction, jwt [schema]',
  ],
  [
    'a misspelt field of a plugin',
    'echo_downstream',
    'echo_downstraem',
    'plugins[2].config.echo_downstream: is required [schema]',
    'plugins[2].config.echo_downstraem: is not a known field [schema]',
  ],
  [
    'a plugin for CORS, which the service does',
    '  - name: request-size-limiting',
    '  - name: cors\n    config:\n      origins:\n        - https://app.example.com\n  - name: request-size-limiting',
    'plugins[1].name: must be one of rate-limiting, correlation-id, request-size-limiting, ip-restriction, jwt [schema]',
  ],
  [
    'the format of Kong 2',
    '_format_version: "3.0"',
    '_format_version: "2.1"',
    '_format_version: must be one of 3.0 [schema]',
  ],
  [
    'a limit that needs a database',
    'minute: 400\n              limit_by: ip\n              policy: local',
    'minute: 400\n              limit_by: ip\n              policy: cluster',
    'services[0].routes[0].plugins[0].config.policy: must be local or redis, because Kong has no database [schema]',
  ],
  [
    'a plugin for limits without a limit',
    'config:\n      second: 50\n',
    'config:\n',
    'plugins[0].config: must have a limit: second, minute or hour [schema]',
  ],
  [
    'a path that is neither a prefix nor a regular expression',
    '- ~/api/v1/auth/logout$',
    '- ^/api/v1/auth/logout$',
    'services[0].routes[1].paths[0]: must begin with / for a prefix, or with ~/ for a regular expression [schema]',
  ],
  [
    'a timeout with a unit',
    'read_timeout: 65000',
    'read_timeout: 65s',
    'services[0].read_timeout: must be a number [schema]',
  ],
  [
    'a route without methods',
    credentials,
    credentials.replace('        methods:\n          - POST\n          - OPTIONS\n', ''),
    'services[0].routes[0].methods: is required [schema]',
  ],
];

/** What the rules refuse. */
const wrong: readonly Broken[] = [
  [
    'a route that strips its path',
    credentials,
    credentials.replace('strip_path: false', 'strip_path: true'),
    'route credentials: strip_path must be false, because the service knows its whole paths [path]',
  ],
  [
    'a route that replaces the Host',
    credentials,
    credentials.replace('preserve_host: true', 'preserve_host: false'),
    'route credentials: preserve_host must be true, because ALLOWED_HOSTS is about the Host of the client [host]',
  ],
  [
    'a route without preflight requests',
    credentials,
    credentials.replace('          - OPTIONS\n', ''),
    'route credentials: methods must contain OPTIONS, because the service answers the preflight requests of browsers [cors]',
  ],
  [
    'a route with GET and without HEAD',
    '          - GET\n          - HEAD\n          - OPTIONS\n',
    '          - GET\n          - OPTIONS\n',
    'route public: methods must contain HEAD, because HEAD works wherever GET does [head]',
  ],
  ['the same route twice', 'name: sessions', 'name: credentials', 'route credentials: occurs twice [name]'],
  [
    'a regular expression without an end',
    '- ~/api/v1/auth/logout$',
    '- ~/api/v1/auth/logout',
    'route sessions: ~/api/v1/auth/logout must end with $; without it every longer path matches as well [anchor]',
  ],
  [
    'a prefix for the whole API',
    '- ~/api/v1/openapi\\.json$',
    '- /api/v1/',
    'route public: lets clients reach GET /api/v1/auth/verify, which is internal [internal-path]',
    'route public: lets clients reach GET /api/v1/auth/verify/orders, which is internal [internal-path]',
    'route public: lets everybody reach GET /api/v1/admin/users; it needs the plugin ip-restriction [admin]',
    'route public: lets everybody reach GET /api/v1/admin/audit-log; it needs the plugin ip-restriction [admin]',
  ],
  [
    'a route to the metrics',
    '- ~/api/v1/openapi\\.json$',
    '- /metrics',
    'route public: lets clients reach GET /metrics, which is internal [internal-path]',
  ],
  [
    'a plugin that occurs twice',
    '  - name: request-size-limiting',
    '  - name: correlation-id\n    config:\n      header_name: X-Id\n      generator: tracker\n      echo_downstream: false\n  - name: request-size-limiting',
    'plugins: the plugin correlation-id occurs twice [plugin]',
  ],
  [
    'limits of Kong in the answers',
    'config:\n      second: 50\n      limit_by: ip\n      policy: local\n      fault_tolerant: true\n      hide_client_headers: true',
    'config:\n      second: 50\n      limit_by: ip\n      policy: local\n      fault_tolerant: true\n      hide_client_headers: false',
    'plugins: hide_client_headers must be true, because the service sends RateLimit fields of its own [rate-limit-headers]',
  ],
];

export const brokenKong: readonly Broken[] = [...malformed, ...wrong];
