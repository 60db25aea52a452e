import type { Machine } from './cgroup.ts';
import { endpointVariables } from './endpoint-variables.ts';
import { secret, variable } from './entry.ts';
import {
  duration,
  file,
  folder,
  headerName,
  hosts,
  integer,
  isHttpsOrLoopback,
  keyIds,
  listenAddress,
  oneOf,
  onOff,
  origins,
  portOrOff,
  proxies,
  text,
  url,
} from './format.ts';
import { logVariables } from './log-variables.ts';
import { bearerSecret, hmacSecret } from './secret-formats.ts';
import { isStrongSecret, strongSecret, weakSecretFault } from './secret-strength.ts';
import { storeVariables } from './store-variables.ts';
import { tracingVariables } from './tracing-variables.ts';

export const algorithms = ['RS256', 'ES256', 'EdDSA', 'HS256'] as const;
export type Algorithm = (typeof algorithms)[number];
const wholeCpus = {
  text: 'the number of whole CPUs, at least 1',
  of: ({ machine }: { machine: Machine }) => String(Math.min(512, Math.max(1, Math.floor(machine.cpus)))),
};

/**
 * Every variable that the service reads, one entry each: name, format, default, meaning, rules. The place of an entry
 * in this tree is the place of its value in Config. The entries of Postgres and Redis are in store-variables.ts, those of
 * readiness and shutdown in endpoint-variables.ts, those of the log in log-variables.ts, those of tracing in tracing-variables.ts.
 * Parsing, `_FILE` forms, .env.example, docs/configuration.md and what the charts know of a variable derive from its
 * entry.
 */
export const table = {
  environment: variable('ENV', oneOf(['development', 'test', 'production']), 'development').help(
    'Kind of environment. Production refuses the embedded stores and generated keys.',
  ),
  ...logVariables,
  dataDir: variable('DATA_DIR', text, '.data').help('Folder of the embedded Postgres and of generated keys.'),
  http: {
    host: variable('HOST', listenAddress).help(
      'Address that both listeners bind to. Without it they accept IPv4 and IPv6, or IPv4 alone where the kernel has no IPv6.',
      { example: '127.0.0.1' },
    ),
    port: variable('PORT', integer(0, 65_535), '8000').help('Port of the API.'),
    metricsPort: variable('METRICS_PORT', portOrOff, '9464').help(
      'Port of the management listener: /metrics, /livez and /readyz. Do not route an ingress to it. With off there is no such listener, for platforms that offer one port.',
    ),
    keeperPort: variable('KEEPER_PORT', portOrOff, 'off').help(
      'Port of the loopback interface on which the port keeper expects the service (`auth-service keep-port`, there by default 9465). It keeps PORT open while the service restarts.',
      { example: '9465' },
    ),
    metricsToken: secret('METRICS_TOKEN', bearerSecret).help(
      'Token with which Prometheus may ask for /metrics on PORT, for platforms that offer one port. Without it PORT has no such path.',
      { production: { accept: isStrongSecret, fault: weakSecretFault } },
    ),
    // AWS and Azure can keep an idle connection for 100 minutes, and Envoy, which serves AKS, keeps it for an hour.
    keepAliveTimeout: variable('KEEP_ALIVE_TIMEOUT', duration('1s', '110m'), '75s').help(
      'Time before the service closes an idle connection. It must exceed the idle timeout of the load balancer.',
    ),
    allowedHosts: variable('ALLOWED_HOSTS', hosts, '').help(
      'Host names that the service answers to. Without a list, or with *, it answers to every name.',
      { required: 'a comma list of host names, or * for any', example: 'auth.example.com,api.example.com' },
    ),
    corsOrigins: variable('CORS_ALLOWED_ORIGINS', origins, '[]').help(
      'Origins whose pages may call the API. `*.` at the beginning of a host stands for exactly one label.',
      {
        production: {
          accept: (list) => !list.some((item) => item === '*' || item.startsWith('http://*')),
          fault: 'must name its origins in production, neither * nor http:// with a wildcard',
        },
        example: '["http://localhost:5173","http://localhost:3000"]',
      },
    ),
    trustedProxies: variable('TRUSTED_PROXIES', proxies, '').help(
      'Addresses of the proxies whose CLIENT_IP_HEADER the service trusts, or the name of a platform; see docs/proxies.md.',
      { example: '10.0.0.0/8,172.16.0.0/12' },
    ),
    clientIpHeader: variable('CLIENT_IP_HEADER', headerName, 'x-forwarded-for').help(
      'Header field in which trusted proxies send the address of the client: X-Forwarded-For, Forwarded (RFC 7239), or a field with nothing but this address, such as CF-Connecting-IP.',
    ),
  },
  ...storeVariables,
  jwt: {
    algorithm: variable('JWT_ALGORITHM', oneOf(algorithms), 'RS256').help(
      'Algorithm that signs access tokens.',
    ),
    privateKey: secret('JWT_PRIVATE_KEY', text).help(
      'PEM text of the signing key. Without it the service generates a key pair. Production needs it, except for HS256.',
      { path: { name: 'JWT_PRIVATE_KEY_PATH', example: 'keys/private.pem' } },
    ),
    publicKey: secret('JWT_PUBLIC_KEY', text).help(
      'PEM text of the public key of JWT_PRIVATE_KEY. Production needs it, except for HS256.',
      { path: { name: 'JWT_PUBLIC_KEY_PATH', example: 'keys/public.pem' } },
    ),
    publicKeysDir: variable('JWT_PUBLIC_KEYS_DIR', folder).help(
      'Folder of further public keys that the service accepts and publishes: upcoming and retired keys.',
      { example: 'keys/others' },
    ),
    secret: secret('JWT_SECRET_KEY', hmacSecret).help(
      'Signing secret of HS256. `openssl rand -base64 64` generates one.',
      { reload: 'unchecked', production: strongSecret },
    ),
    previousSecret: secret('JWT_SECRET_KEY_PREVIOUS', hmacSecret).help(
      'Previous HS256 secret, which the service still accepts.',
      { reload: 'unchecked', production: strongSecret },
    ),
    revokedKeys: variable('JWT_REVOKED_KEYS', keyIds, '').help(
      'Ids of keys whose tokens the service refuses, in addition to those that `auth-service keys revoke` has recorded.',
    ),
    revokedKeysFile: variable('JWT_REVOKED_KEYS_FILE', file).help(
      'File of further ids of revoked keys. The service reads it every five seconds. While the file is missing, empty or invalid, its last valid list stays in use.',
      { example: '/etc/auth/revoked-keys' },
    ),
    allowWeakSecret: variable('JWT_ALLOW_WEAK_SECRET', onOff, 'off').help(
      'Set it to on to allow an HS256 secret that somebody could guess in production.',
    ),
    allowReadableKeys: variable('JWT_ALLOW_READABLE_KEYS', onOff, 'off').help(
      'Set it to on to allow files of private keys and secrets that every user of the machine can read or change in production.',
    ),
    issuer: variable('JWT_ISSUER', text, 'auth-service').help('Issuer (iss) of access tokens.'),
    audience: variable('JWT_AUDIENCE', text, 'auth-service').help('Audience (aud) of access tokens.'),
  },
  sessions: {
    accessTokenTtl: variable('ACCESS_TOKEN_TTL', duration('1s', '30d'), '15m').help(
      'Lifetime of an access token. No token is accepted longer than this and five seconds after its iat, whatever its exp.',
    ),
    refreshTokenTtl: variable('REFRESH_TOKEN_TTL', duration('1s', '3650d'), '30d').help(
      'Idle time after which a session ends.',
    ),
    maxAge: variable('SESSION_MAX_AGE', duration('1s', '3650d'), '90d').help(
      'Age at which a session ends, even if it is in use.',
    ),
    refreshGrace: variable('REFRESH_GRACE', duration('0s', '60s'), '10s').help(
      'Time in which a replaced refresh token still returns its successor. With 0s its second use ends the session.',
    ),
    refreshAnomaly: variable('REFRESH_ANOMALY', oneOf(['end', 'report']), 'end').help(
      'What follows if a refresh token is used twice within REFRESH_GRACE from two networks or user agents: end its session, or only report it.',
    ),
    stepUpMaxAge: variable('STEP_UP_MAX_AGE', duration('1s', '24h'), '10m').help(
      'Time since the last proof of the password after which changes by administrators need a new one.',
    ),
  },
  hashing: {
    memoryKib: variable('ARGON2_MEMORY_KIB', integer(8, 4_194_304), '19456').help(
      'KiB of memory of one argon2id hash.',
    ),
    time: variable('ARGON2_TIME', integer(1, 100), '2').help('Passes of argon2id.'),
    parallelism: variable('ARGON2_PARALLELISM', integer(1, 64), '1').help('Lanes of argon2id.'),
    concurrency: variable('HASH_CONCURRENCY', integer(1, 512), wholeCpus).help(
      'Number of passwords that the process hashes at once.',
      { example: '2' },
    ),
    queueMax: variable('HASH_QUEUE_MAX', integer(0, 100_000), '64').help(
      'Length of the queue for password hashing. Beyond it, or beyond the share of a priority, the service answers 503.',
    ),
  },
  passwords: {
    breachUrl: variable('PASSWORD_BREACH_URL', url).help(
      'Base URL of a server with the range protocol of Have I Been Pwned, which is asked whether a new password is in a known breach. Without it nothing is asked.',
      {
        production: {
          accept: isHttpsOrLoopback,
          fault: 'must use https:// in production, or http:// on a loopback address',
        },
        example: 'https://api.pwnedpasswords.com/range',
      },
    ),
  },
  limits: {
    enabled: variable('RATE_LIMIT', onOff, 'on').help('Rate limiting and lockout.', {
      production: { accept: (enabled) => enabled, fault: 'must not be off in production' },
    }),
    scale: variable('RATE_LIMIT_SCALE', integer(1, 100_000), '1').help(
      'Number that the windows of all rate limits are divided by, for tests.',
      { production: { accept: (scale) => scale === 1, fault: 'must be 1 in production' } },
    ),
  },
  ...endpointVariables,
  tracing: tracingVariables,
};
