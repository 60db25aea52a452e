import { expect } from 'chai';
import { aliases, parseConfig, redisNodes, secretVariables, variables } from '../../app/config/config.ts';
import { machine, parse, production } from '../support/configuration.ts';

describe('parseConfig', () => {
  it('has the defaults of the house plan', () => {
    expect(parse()).to.deep.equal({
      environment: 'development',
      dataDir: '.data',
      http: {
        host: undefined,
        port: 8000,
        keeperPort: null,
        metricsPort: 9464,
        metricsToken: null,
        keepAliveTimeout: 75_000,
        allowedHosts: [],
        corsOrigins: [],
        trustedProxies: [],
        clientIpHeader: 'x-forwarded-for',
      },
      database: {
        url: null,
        replicaUrl: null,
        replicaMaxLag: 10_000,
        caFile: undefined,
        ca: undefined,
        tls: undefined,
        sslMode: 'disable',
        acceptsTrust: true,
        poolMax: 10,
        poolIdleTimeout: 60_000,
        poolMaxLifetime: 1_800_000,
        prepare: 'auto',
        timeout: 3_000,
      },
      migrations: { ownerUrl: null, serviceRole: undefined },
      redis: {
        ...{ url: null, tls: 'on', caFile: undefined, ca: undefined, cert: null, key: null },
        ...{ keyPrefix: 'auth:', sentinelPassword: null },
      },
      passwords: { breachUrl: undefined },
      readiness: { requiresPostgres: false },
      jwt: {
        algorithm: 'RS256',
        privateKey: null,
        publicKey: null,
        publicKeysDir: undefined,
        secret: null,
        previousSecret: null,
        revokedKeys: [],
        revokedKeysFile: undefined,
        allowWeakSecret: false,
        allowReadableKeys: false,
        issuer: 'auth-service',
        audience: 'auth-service',
      },
      sessions: {
        accessTokenTtl: 900_000,
        refreshTokenTtl: 2_592_000_000,
        maxAge: 7_776_000_000,
        refreshGrace: 10_000,
        refreshAnomaly: 'end',
        stepUpMaxAge: 600_000,
      },
      hashing: { memoryKib: 19_456, time: 2, parallelism: 1, concurrency: 4, queueMax: 64 },
      limits: { enabled: true, scale: 1 },
      resources: {
        connections: 16_384,
        connectionsPerAddress: 2_048,
        bodyBytes: 256 * 1024 ** 2,
        unsentBytes: 512 * 1024 ** 2,
        exports: 64,
        cpuQuota: null,
      },
      shutdown: { drainDelay: 0, timeout: 25_000 },
      tracing: {
        endpoint: undefined,
        serviceName: 'auth-service',
        resourceAttributes: '',
        sampler: 'parentbased_always_on',
        samplerRatio: 1,
        trustCaller: false,
        timeout: 10_000,
        compression: 'none',
        caFile: undefined,
        certFile: undefined,
        keyFile: undefined,
        delay: 5_000,
        exportTimeout: 30_000,
        queueSize: 2_048,
        batchSize: 512,
      },
      warnings: [],
      logLevel: 'debug',
      logFormat: undefined,
      cloudProject: undefined,
    });
  });

  it('logs at info outside development', () => {
    expect(parse({ ENV: 'test' }).logLevel).to.equal('info');
    expect(parse(production).logLevel).to.equal('info');
  });

  it('takes an empty or blank variable for an absent one', () => {
    const blank = Object.fromEntries(Object.keys(variables).map((name) => [name, ' ']));
    expect(parse(blank)).to.deep.equal(parse());
  });

  it('is frozen to the bottom', () => {
    const config = parse();
    for (const part of [config, config.http, config.http.allowedHosts, config.database, config.jwt]) {
      expect(Object.isFrozen(part)).to.equal(true);
    }
  });

  it('reads every variable that `variables` lists, and no other', () => {
    const read = new Set<string>();
    const spy = new Proxy({}, { get: (_, name) => void read.add(String(name)) });
    parseConfig(spy, machine);
    const files = secretVariables.map((name) => `${name}_FILE`);
    expect([...read]).to.have.members([...Object.keys(variables), ...aliases, ...files]);
  });

  it('hashes as many passwords at once as there are whole CPUs, and at least one', () => {
    expect(parseConfig({}, { ...machine, cpus: 2.9 }).hashing.concurrency).to.equal(2);
    expect(parseConfig({}, { ...machine, cpus: 0.25 }).hashing.concurrency).to.equal(1);
  });

  it('reads durations in every unit', () => {
    const durations = ['250ms', '7s', '5m', '1h'].map(
      (value) => parse({ DB_TIMEOUT: value }).database.timeout,
    );
    expect(durations).to.deep.equal([250, 7_000, 300_000, 3_600_000]);
  });

  it('can keep an idle connection longer than Envoy on AKS, which keeps it for an hour', () => {
    expect(parse({ KEEP_ALIVE_TIMEOUT: '61m' }).http.keepAliveTimeout).to.equal(3_660_000);
  });

  it('reads lists without regard to blanks, and host names without regard to case', () => {
    const { http } = parse({
      ALLOWED_HOSTS: ' Auth.Example.com ,, [::1]',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1, 192.0.2.1',
      CORS_ALLOWED_ORIGINS: '["http://localhost:5173","https://app.example.com"]',
    });
    expect(http.allowedHosts).to.deep.equal(['auth.example.com', '[::1]']);
    expect(http.trustedProxies).to.deep.equal(['10.0.0.0/8', '::1', '192.0.2.1']);
    expect(http.corsOrigins).to.deep.equal(['http://localhost:5173', 'https://app.example.com']);
  });

  it('takes the nodes of a Redis cluster from a comma list, and leaves a comma in a password alone', () => {
    expect(redisNodes('redis://a:1,rediss://b:2')).to.deep.equal(['redis://a:1', 'rediss://b:2']);
    expect(redisNodes('redis://:x,y@a:1')).to.deep.equal(['redis://:x,y@a:1']);
  });
});
