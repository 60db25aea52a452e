import { type Condition, set } from './condition.ts';

/** Faulty variables. */
export const inVariables: readonly Condition[] = [
  {
    title: 'a duration without a unit',
    make: () => set({ ACCESS_TOKEN_TTL: '15' }),
    problems: ['failed configuration-values'],
  },
  {
    title: 'a file that does not exist',
    make: () => set({ DB_CA_FILE: '/nowhere/ca.pem' }),
    problems: ['failed configuration-files'],
  },
  {
    title: 'a misspelt variable',
    make: () => set({ DB_POOLMAX: '20' }),
    problems: ['warning configuration-unknown'],
  },
  {
    title: 'ENV that is missing on Kubernetes',
    make: () => set({ ENV: undefined, KUBERNETES_SERVICE_HOST: '10.0.0.1', TRUSTED_PROXIES: 'private' }),
    problems: ['warning configuration-environment'],
  },
  { title: 'debug logs', make: () => set({ LOG_LEVEL: 'debug' }), problems: ['warning log-level'] },
  { title: 'no log', make: () => set({ LOG_LEVEL: 'silent' }), problems: ['warning log-level'] },
  {
    title: 'limits that are off',
    make: () => set({ RATE_LIMIT: 'off' }),
    problems: ['failed rate-limits-on'],
  },
  {
    title: 'limits that are scaled',
    make: () => set({ RATE_LIMIT_SCALE: '10' }),
    problems: ['failed rate-limits-on'],
  },
  {
    title: 'origins in a comma list',
    make: () => set({ CORS_ALLOWED_ORIGINS: 'https://a.example.com,https://b.example.com' }),
    problems: ['failed cors-json'],
  },
  {
    title: 'an origin with a slash at its end',
    make: () => set({ CORS_ALLOWED_ORIGINS: '["https://a.example.com/"]' }),
    problems: ['failed cors-origins'],
  },
  {
    title: 'an origin with a path',
    make: () => set({ CORS_ALLOWED_ORIGINS: '["https://a.example.com/app"]' }),
    problems: ['failed cors-origins'],
  },
  {
    title: 'every origin',
    make: () => set({ CORS_ALLOWED_ORIGINS: '["*"]' }),
    problems: ['failed cors-wildcard'],
  },
  {
    title: 'no host name',
    make: () => set({ ALLOWED_HOSTS: undefined }),
    problems: ['failed allowed-hosts-missing'],
  },
  {
    title: 'a host name with a scheme',
    make: () => set({ ALLOWED_HOSTS: 'https://auth.example.com' }),
    problems: ['failed allowed-hosts-form'],
  },
  {
    title: 'a list without the public host name',
    make: () => ({ publicUrl: 'https://login.example.com' }),
    problems: ['failed allowed-hosts-public'],
  },
  {
    title: 'a proxy by its name',
    make: () => set({ TRUSTED_PROXIES: 'lb.example.com' }),
    problems: ['failed trusted-proxies-form'],
  },
  {
    title: 'every address as a proxy',
    make: () => set({ TRUSTED_PROXIES: '0.0.0.0/0' }),
    problems: ['failed trusted-proxies-everyone'],
  },
  {
    title: 'no proxy on Kubernetes',
    make: () => set({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }),
    problems: ['warning trusted-proxies-missing'],
  },
  {
    title: 'no proxy in front of the loopback interface',
    make: () => set({ HOST: '127.0.0.1' }),
    problems: ['warning trusted-proxies-missing'],
  },
  {
    title: 'weak hashes',
    make: () => set({ ARGON2_MEMORY_KIB: '4096' }),
    problems: ['failed hashing-strength'],
  },
  {
    title: 'no URL of Postgres',
    make: () => set({ DB_PRIMARY_DB_URL: undefined }),
    problems: ['warning data-dir-unused', 'failed database-configured'],
  },
  {
    title: 'a URL of Postgres for another client',
    make: () => set({ DB_PRIMARY_DB_URL: 'postgresql+asyncpg://auth:secret@db.example.com/auth' }),
    problems: ['failed database-url'],
  },
  {
    title: 'no URL of Redis',
    make: () => set({ REDIS_URL: undefined }),
    problems: ['failed redis-configured'],
  },
  {
    title: 'a URL of Redis of another kind',
    make: () => set({ REDIS_URL: 'https://redis.example.com' }),
    problems: ['failed redis-url'],
  },
  {
    title: 'Redis without TLS',
    make: () => set({ REDIS_URL: 'redis://redis.example.com' }),
    problems: ['failed redis-url-encrypted'],
  },
];
