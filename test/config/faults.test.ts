import { inspect } from 'node:util';
import { expect } from 'chai';
import { ConfigError, parseConfig, secretVariables, variables } from '../../app/config/config.ts';
import { faultsOf, machine } from '../support/configuration.ts';

describe('a fault of the configuration', () => {
  const refused: readonly [name: keyof typeof variables, values: readonly string[]][] = [
    ['ENV', ['staging', 'Production']],
    ['LOG_FORMAT', ['text', 'JSON', 'gcp,ecs']],
    ['GOOGLE_CLOUD_PROJECT', ['Project', '12345', 'a', 'projects/my-project', 'my-project/']],
    ['PORT', ['-1', '65536', '80a', '1.5', '1e3']],
    ['METRICS_PORT', ['x', '8000', 'on', 'OFF', '65536', '-1']],
    ['METRICS_TOKEN', ['x'.repeat(31), `${'x'.repeat(32)} ${'x'.repeat(32)}`, 'ü'.repeat(32)]],
    ['KEEP_ALIVE_TIMEOUT', ['75', '0s', '2h']],
    [
      'DB_PRIMARY_DB_URL',
      [
        'mysql://db/auth',
        'postgresql:///auth',
        'db',
        'postgresql://u:100%pw@db/auth',
        'postgresql://db/auth?sslmode=on',
        'postgresql://db/auth?sslmode=',
        'postgresql://db/auth?SSLMODE=require',
        'postgresql://db/auth?sslmode=verify-full&sslmode=disable',
        'postgresql://db/auth?ssl=true',
        'postgresql://db/auth?sslcert=/client.pem',
        'postgresql://db/auth?sslnegotiation=direct',
        'postgresql://db/auth?channel_binding=require',
        'postgresql://db/auth?require_auth=none',
        'postgresql://u@db/auth?password=secret',
        'postgresql://u@db/auth?hostaddr=192.0.2.1',
        'postgresql://u@db/auth?host=other.example.com',
        'postgresql://a,b/auth',
        'postgresql://u:p@a:5432,b:5433/auth?target_session_attrs=read-write',
        'postgresql://db/auth?target_session_attrs=standby',
      ],
    ],
    ['DB_REPLICA_DB_URL', ['http://db']],
    ['DB_REPLICA_MAX_LAG', ['0s', '2h', '10']],
    ['DB_CA_FILE', ['/nowhere/ca.pem']],
    ['DB_CA', ['/ca.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----']],
    ['DB_TLS', ['off', 'on', 'disable']],
    ['DB_POOL_MAX', ['0', 'many']],
    ['DB_POOL_IDLE_TIMEOUT', ['0s', '2h', 'never']],
    ['DB_POOL_MAX_LIFETIME', ['0s', '2d', '30']],
    ['DB_PREPARE', ['yes', 'true']],
    // Past 2^31 ms a timer of Node fires at once.
    ['DB_TIMEOUT', ['3', '0s', '30d', '99999999999s', '-1s', '3 s']],
    [
      'REDIS_URL',
      ['http://redis', 'redis://', 'redis://a,http://b', 'redis://a, redis://b', 'redis://:p%w@a'],
    ],
    ['REDIS_TLS', ['no']],
    ['REDIS_CA_FILE', ['/nowhere/ca.pem']],
    ['REDIS_CA', ['ca', '-----BEGIN PRIVATE KEY-----']],
    ['JWT_ALGORITHM', ['none', 'rs256', 'PS256']],
    ['JWT_PUBLIC_KEYS_DIR', ['/nowhere']],
    ['JWT_SECRET_KEY', ['x'.repeat(31), `-----BEGIN PUBLIC KEY-----${'x'.repeat(64)}`]],
    ['JWT_SECRET_KEY_PREVIOUS', ['short']],
    ['JWT_REVOKED_KEYS', ['kid', 'k'.repeat(42), `${'k'.repeat(43)};${'k'.repeat(43)}`]],
    ['JWT_REVOKED_KEYS_FILE', ['/nowhere']],
    ['JWT_ALLOW_WEAK_SECRET', ['true']],
    ['JWT_ALLOW_READABLE_KEYS', ['yes']],
    ['ACCESS_TOKEN_TTL', ['0s', '31d', '3651d', 'soon']],
    ['REFRESH_TOKEN_TTL', ['0s', '91d', '999999999d']],
    ['SESSION_MAX_AGE', ['0s', '3651d']],
    ['STEP_UP_MAX_AGE', ['0s', '999ms', '25h', '10', 'never']],
    ['HOST', ['[::]', 'http://localhost', '0.0.0.0/0']],
    [
      'CORS_ALLOWED_ORIGINS',
      [
        '*',
        'https://a.example',
        '{}',
        '[1]',
        '["https://a.example/"]',
        '["a"]',
        '["null"]',
        '["https://*.com"]',
      ],
    ],
    ['ALLOWED_HOSTS', ['auth.example.com:8000', 'https://auth.example.com', '*.example.com', 'a b']],
    [
      'TRUSTED_PROXIES',
      [
        '10.0.0.0/33',
        '10.0.0.0/8/8',
        '10.0.0',
        'proxy',
        '::1/129',
        '10.0.0.0/',
        'constructor',
        'heroku,cloud-run',
      ],
    ],
    ['CLIENT_IP_HEADER', ['X Real IP', 'X-Real-IP:', 'CF-Connecting-IP, X-Real-IP', 'é']],
    ['ARGON2_MEMORY_KIB', ['7', '8k', '4194305']],
    ['ARGON2_TIME', ['0']],
    ['ARGON2_PARALLELISM', ['0', '65']],
    ['HASH_CONCURRENCY', ['0']],
    ['HASH_QUEUE_MAX', ['-1']],
    ['RATE_LIMIT', ['false']],
    ['RATE_LIMIT_SCALE', ['0', '0.5']],
    ['DRAIN_DELAY', ['5', '2h']],
    ['SHUTDOWN_TIMEOUT', ['5', '2h']],
    ['LOG_LEVEL', ['verbose', 'INFO']],
    ['OTEL_RESOURCE_ATTRIBUTES', ['a', 'a=b=c', 'a=50%', 'a=%C3%28', 'a=b,a=%FF']],
    // Without TRUSTED_PROXIES nobody is trusted.
    ['TRUST_TRACEPARENT', ['yes', 'on']],
  ];
  for (const [name, values] of refused) {
    it(`refuses ${name} where it makes no sense`, () => {
      for (const value of values) {
        const faults = faultsOf({ [name]: value });
        expect(
          faults.some((fault) => fault.startsWith(`${name} `)),
          `${value}: ${faults}`,
        ).to.equal(true);
      }
    });
  }

  it('refuses token lives that outlast what they depend on', () => {
    const long = { ACCESS_TOKEN_TTL: '30m', REFRESH_TOKEN_TTL: '20m', SESSION_MAX_AGE: '10m' };
    expect(faultsOf(long)).to.deep.equal([
      'ACCESS_TOKEN_TTL must not be longer than REFRESH_TOKEN_TTL',
      'REFRESH_TOKEN_TTL must not be longer than SESSION_MAX_AGE',
    ]);
  });

  it('refuses a replica without a primary', () => {
    const faults = faultsOf({ DB_REPLICA_DB_URL: 'postgresql://replica/auth' });
    expect(faults).to.deep.equal(['DB_PRIMARY_DB_URL is missing beside DB_REPLICA_DB_URL']);
  });

  it('names the host name as the way out of several hosts, and takes no comma of a password for one', () => {
    const url = 'postgresql://u:p@a:5432,b:5432/auth';
    expect(faultsOf({ DB_PRIMARY_DB_URL: url })).to.deep.equal([
      'DB_PRIMARY_DB_URL must name one host, a name that leads to the primary also after a failover',
    ]);
    expect(faultsOf({ DB_PRIMARY_DB_URL: 'postgresql://u:p,q@db/auth' })).to.deep.equal([]);
  });

  it('refuses a header of the client address that no proxy is trusted to send', () => {
    const faults = faultsOf({ CLIENT_IP_HEADER: 'CF-Connecting-IP' });
    expect(faults).to.deep.equal(['CLIENT_IP_HEADER is never read without TRUSTED_PROXIES']);
    const together = { CLIENT_IP_HEADER: 'CF-Connecting-IP', TRUSTED_PROXIES: '10.0.0.0/8' };
    expect(faultsOf(together)).to.deep.equal([]);
    expect(faultsOf({ CLIENT_IP_HEADER: 'X-Forwarded-For' })).to.deep.equal([]);
  });

  it('refuses a public key without its private key', () => {
    expect(faultsOf({ JWT_PUBLIC_KEY: 'pem' }).join()).to.match(/^JWT_PRIVATE_KEY_PATH .* is missing/);
  });

  it('refuses HS256 without a secret', () => {
    expect(faultsOf({ JWT_ALGORITHM: 'HS256' })).to.deep.equal([
      'JWT_SECRET_KEY is required when JWT_ALGORITHM is HS256',
    ]);
  });

  it('lets two listeners share port 0, which is any free one', () => {
    expect(faultsOf({ PORT: '0', METRICS_PORT: '0' })).to.deep.equal([]);
  });

  it('reports every fault at once, each on a line of its own', () => {
    const env = { PORT: 'x', DB_TIMEOUT: 'x', LOG_LEVEL: 'x', JWT_SECRET_KEY: 'x', ALLOWED_HOSTS: 'x:1' };
    const faults = faultsOf(env);
    expect(faults.map((fault) => fault.split(' ')[0])).to.have.members(Object.keys(env));
    expect(new ConfigError(faults).message.split('\n')).to.deep.equal([
      'configuration is not usable:',
      ...faults.map((fault) => `  - ${fault}`),
    ]);
  });

  it('never puts a value into a message', () => {
    const marker = 'xQ7-marker';
    const shapes = [
      marker,
      `http://u:${marker}@h`,
      `-----BEGIN ${marker}`,
      `["${marker}"]`,
      `/tmp/${marker}`,
    ];
    for (const shape of shapes) {
      for (const environment of [{}, { ENV: 'production' }]) {
        const names = [...Object.keys(variables), ...secretVariables.map((name) => `${name}_FILE`)];
        const env = Object.fromEntries(names.map((name) => [name, shape]));
        const parsing = () => parseConfig({ ...env, ...environment }, machine);
        expect(parsing)
          .to.throw(ConfigError)
          .and.satisfy((error: unknown) => {
            return !inspect(error, { depth: null, showHidden: true }).includes(marker);
          });
      }
    }
  });

  it('keeps the hashing of passwords within half of the memory limit', () => {
    const memoryBytes = 256 * 1024 ** 2;
    const faults = faultsOf({ HASH_CONCURRENCY: '7' }, { cpus: 8, hasCpuQuota: true, memoryBytes });
    expect(faults.join()).to.match(/^HASH_CONCURRENCY times ARGON2_MEMORY_KIB/);
    expect(faultsOf({ HASH_CONCURRENCY: '6' }, { cpus: 8, hasCpuQuota: true, memoryBytes })).to.deep.equal(
      [],
    );
  });

  it('gives every lane of argon2 its 8 KiB', () => {
    const faults = faultsOf({ ARGON2_MEMORY_KIB: '31', ARGON2_PARALLELISM: '4' });
    expect(faults.join()).to.match(/^ARGON2_MEMORY_KIB must be at least 8 for each lane/);
  });
});
