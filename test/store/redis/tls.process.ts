import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { ConfigError } from '../../../app/config/config.ts';
import { openStores } from '../../../app/open-stores.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import type { RedisTls } from '../../../app/store/redis/tls-options.ts';
import { createCleanup } from '../../../tools/torture/harness/cleanup.ts';
import { freePort, startProcess, waitFor } from '../../../tools/torture/harness/process.ts';
import { type Certificate, type Certificates, createCertificates } from '../../support/certificates.ts';
import { needs, toolPath } from '../../support/debian-tool.ts';
import { recordingLog, testConfig } from '../../support/keys.ts';
import { silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

(toolPath('redis-server') && toolPath('openssl') ? describe : describe.skip)(
  needs('redis-server', 'Redis with TLS'),
  () => {
    let certificates: Certificates;
    let folder: string;
    const cleanup = createCleanup();
    before(() => {
      certificates = createCertificates();
      folder = mkdtempSync(join(tmpdir(), 'auth-redis-tls-'));
    });
    afterEach(() => cleanup.run());
    after(() => {
      certificates.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Starts a Redis that accepts TLS only, and returns its port. */
    async function startTlsRedis(
      certificate: Certificate,
      ca: Certificate,
      isCluster = false,
    ): Promise<number> {
      const port = await freePort();
      const command: [string, ...string[]] = [
        ...(['redis-server', '--bind', '127.0.0.1', '--port', '0', '--tls-port', String(port)] as const),
        ...['--tls-cert-file', certificate.certFile, '--tls-key-file', certificate.keyFile],
        ...['--tls-ca-cert-file', ca.certFile, '--tls-auth-clients', 'no', '--save', '', '--dir', folder],
        ...(isCluster ? ['--cluster-enabled', 'yes', '--tls-cluster', 'yes'] : []),
        ...(isCluster ? ['--cluster-config-file', `nodes-${port}.conf`] : []),
        ...(isCluster ? ['--cluster-announce-ip', '127.0.0.1', '--cluster-port', `${await freePort()}`] : []),
      ];
      const server = startProcess(command, { logFile: join(folder, 'redis.log') });
      cleanup.add(async () => void (await server.stop('SIGKILL')));
      const client = new Redis(port, '127.0.0.1', {
        tls: { ca: ca.cert, checkServerIdentity: () => undefined },
        retryStrategy: () => 20,
      });
      client.on('error', () => undefined);
      cleanup.add(() => client.disconnect());
      await waitFor('Redis', () =>
        client.ping().then(
          () => true,
          () => false,
        ),
      );
      if (isCluster) await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      return port;
    }

    async function open(url: string, authority: string | RedisTls | undefined) {
      const { log, lines } = recordingLog();
      const tls = typeof authority === 'object' ? authority : { caFile: authority };
      const redis = await createRedisClient({ url: () => url, tls, log, commandTimeout: 10_000 });
      cleanup.add(() => redis.close());
      const lost = () => lines.find(({ event }) => event === 'redis_lost')?.msg;
      return { redis, lost };
    }

    it('is verified with the CA of REDIS_CA_FILE', async () => {
      const port = await startTlsRedis(certificates.ours.right, certificates.ours.ca);
      for (const host of ['localhost', '127.0.0.1']) {
        const { redis } = await open(`rediss://${host}:${port}`, certificates.ours.ca.certFile);
        await until(() => redis.ping());
      }
    });

    it('is verified with the CA in REDIS_CA, and refused with another one', async () => {
      const port = await startTlsRedis(certificates.ours.right, certificates.ours.ca);
      const REDIS_URL = `rediss://localhost:${port}`;
      const onOneLine = ({ cert }: Certificate): string => cert.replaceAll('\n', '\\n');
      const right = testConfig({ REDIS_URL, REDIS_CA: onOneLine(certificates.ours.ca) }).redis;
      const { redis } = await open(REDIS_URL, { ca: right.ca });
      await until(() => redis.ping());
      const wrong = testConfig({ REDIS_URL, REDIS_CA: onOneLine(certificates.other.ca) }).redis;
      const { lost } = await open(REDIS_URL, { ca: wrong.ca });
      await until(() => lost() !== undefined);
      expect(lost()).to.match(/^Redis cannot be verified: its certificate is refused \(.*REDIS_CA/);
    });

    it('is refused with another CA or none, and the log says what to set', async () => {
      const port = await startTlsRedis(certificates.ours.right, certificates.ours.ca);
      for (const caFile of [undefined, certificates.other.ca.certFile]) {
        const { redis, lost } = await open(`rediss://localhost:${port}`, caFile);
        await until(() => lost() !== undefined);
        expect(lost()).to.match(/^Redis cannot be verified: its certificate is refused \(.*REDIS_CA_FILE/);
        expect(await redis.ping()).to.equal(false);
      }
    });

    it('is refused under a host name that its certificate does not contain', async () => {
      const port = await startTlsRedis(certificates.ours.wrongHost, certificates.ours.ca);
      for (const host of ['localhost', '127.0.0.1']) {
        const { lost } = await open(`rediss://${host}:${port}`, certificates.ours.ca.certFile);
        await until(() => lost() !== undefined);
        expect(lost()).to.contain('ERR_TLS_CERT_ALTNAME_INVALID');
      }
    });

    it('is verified with the CA that the file contains after a change', async () => {
      const port = await startTlsRedis(certificates.ours.right, certificates.ours.ca);
      const caFile = join(folder, 'rotated.pem');
      copyFileSync(certificates.other.ca.certFile, caFile);
      const { redis, lost } = await open(`rediss://localhost:${port}`, caFile);
      await until(() => lost() !== undefined);
      copyFileSync(certificates.ours.ca.certFile, caFile);
      await until(() => redis.ping());
    });

    it('is accepted with a self-signed certificate by REDIS_TLS=unverified, which the log says at the start', async () => {
      const { selfSigned } = certificates;
      const port = await startTlsRedis(selfSigned, selfSigned);
      const stores = async (variables: Record<string, string>) => {
        const { log, lines } = recordingLog();
        const config = testConfig({
          ...{
            REDIS_URL: `rediss://localhost:${port}`,
            DB_PRIMARY_DB_URL: 'postgresql://nobody@127.0.0.1:1/none',
          },
          ...variables,
        });
        const opened = await openStores(config, log);
        cleanup.add(() => opened.close());
        return { opened, events: () => lines.map(({ event }) => event) };
      };
      const accepted = await stores({ REDIS_TLS: 'unverified' });
      await until(() => accepted.opened.redis.ping());
      expect(accepted.events()).to.include('redis_unverified').and.not.include('redis_lost');
      const refused = await stores({});
      await until(() => refused.events().includes('redis_lost'));
      expect(refused.events()).not.to.include('redis_unverified');
      expect(await refused.opened.redis.ping()).to.equal(false);
    });

    it('is verified node by node in a cluster', async () => {
      const port = await startTlsRedis(certificates.ours.right, certificates.ours.ca, true);
      const node = `rediss://localhost:${port}`;
      const { redis } = await open(`${node},${node}`, certificates.ours.ca.certFile);
      await until(
        async () =>
          (await redis.set('key', 'value', 60_000).then(
            () => true,
            () => false,
          )) === true,
      );
      const unverified = await open(`${node},${node}`, certificates.other.ca.certFile);
      await until(() => unverified.lost() !== undefined);
      expect(await unverified.redis.ping()).to.equal(false);
    });

    it('needs a file that contains a certificate', async () => {
      const caFile = certificates.ours.ca.keyFile;
      const refused = createRedisClient({
        ...{ url: () => 'rediss://127.0.0.1:1', tls: { caFile }, log: silentLog },
      });
      expect(await refused.catch((error: unknown) => error)).to.be.instanceOf(ConfigError);
    });
  },
);
