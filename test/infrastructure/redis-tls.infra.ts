import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, type Secret } from '../../app/config/config.ts';
import { createRedisClient } from '../../app/store/redis/ioredis-client.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { type Certificate, type Certificates, createCertificates } from '../support/certificates.ts';
import { silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { type ObservedRedis, observeRedis, write } from './observed-redis.ts';
import { startRedisSentinels } from './servers/redis-sentinel.ts';
import { serverFolder, startRedisProcess } from './servers/redis-server.ts';

/** Milliseconds for one command, so that a busy machine fails no test. */
const commandTimeout = 10_000;

describe('Redis that demands a client certificate', () => {
  let certificates: Certificates;
  const cleanup = createCleanup();
  before(() => {
    certificates = createCertificates();
  });
  afterEach(() => cleanup.run());
  after(() => certificates.remove());

  const tlsArgs = ({ certFile, keyFile }: Certificate, trusted: string): string[] => [
    ...['--tls-cert-file', certFile, '--tls-key-file', keyFile],
    ...['--tls-ca-cert-file', trusted, '--tls-auth-clients', 'yes', '--tls-replication', 'yes'],
  ];

  const start = (trusted = certificates.ours.ca.certFile) => {
    const { cert, key } = certificates.ours.right;
    const tls = { ca: certificates.ours.ca.cert, cert, key };
    return startRedisProcess({ cleanup, args: tlsArgs(certificates.ours.right, trusted), client: { tls } });
  };

  /** The two files that a Secret mounts, which are replaced one after the other. */
  function mounted(first: Certificate) {
    const folder = serverFolder(cleanup);
    const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    const replaceCert = (next: Certificate) => copyFileSync(next.certFile, certFile);
    const replaceKey = (next: Certificate) => copyFileSync(next.keyFile, keyFile);
    replaceCert(first);
    replaceKey(first);
    const read =
      (file: string): Secret =>
      () =>
        readFileSync(file, 'utf8');
    const tls = { caFile: certificates.ours.ca.certFile, cert: read(certFile), key: read(keyFile) };
    return { tls, replaceCert, replaceKey };
  }

  const works = async ({ redis }: ObservedRedis): Promise<boolean> => (await write(redis, 'key')) === 'done';

  it('gets the one of REDIS_CERT_FILE, and refuses a client without', async () => {
    const { port } = await start();
    const url = `rediss://localhost:${port}`;
    const { tls } = mounted(certificates.ours.right);
    const observed = await observeRedis(cleanup, url, { commandTimeout, tls });
    await until(() => works(observed));
    const without = await observeRedis(cleanup, url, { commandTimeout, tls: { caFile: tls.caFile } });
    expect(await without.redis.ping()).to.equal(false);
    expect(await without.isDegraded()).to.equal(true);
  });

  it('gets the one that the files contain at the next connection, and never a half of each', async function () {
    this.timeout(60_000);
    const server = await start();
    const { tls, replaceCert, replaceKey } = mounted(certificates.other.right);
    const observed = await observeRedis(cleanup, `rediss://localhost:${server.port}`, {
      commandTimeout,
      tls,
    });
    // Signed by another authority: the server refuses it.
    await until(() => observed.logged('redis_lost').length > 0);
    expect(await works(observed)).to.equal(false);
    replaceCert(certificates.ours.right);
    // The key is still the other one. The client must go on with the old pair, and must not stop to connect.
    expect(await works(observed)).to.equal(false);
    replaceKey(certificates.ours.right);
    await until(() => works(observed));
    await server.kill();
    await server.start();
    await until(() => works(observed));
  });

  it('is not opened with a certificate and a key that do not belong together', async () => {
    const { cert } = certificates.ours.right;
    const { key } = certificates.other.right;
    const refused = await createRedisClient({
      url: () => 'rediss://127.0.0.1:1',
      tls: { cert: () => cert, key: () => key },
      log: silentLog,
    }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ConfigError);
  });

  it('is reached by sentinels that demand it as well', async function () {
    this.timeout(60_000);
    const { ca, right } = certificates.ours;
    const { url } = await startRedisSentinels(cleanup, { tls: { ca, own: right } });
    const { tls } = mounted(right);
    const observed = await observeRedis(cleanup, url, { commandTimeout, tls });
    await until(() => works(observed));
  });
});
