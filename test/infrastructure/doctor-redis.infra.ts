import { expect } from 'chai';
import { redisConnectionChecks } from '../../app/commands/doctor/checks/redis-connection.ts';
import { redisStateChecks } from '../../app/commands/doctor/checks/redis-state.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { diagnose } from '../commands/doctor/support/diagnosis.ts';
import { need } from '../deployments/support/tools.ts';
import { type Certificate, type Certificates, createCertificates } from '../support/certificates.ts';
import { expiredCertificate } from './servers/expired-certificate.ts';
import { startRedisCluster } from './servers/redis-cluster.ts';
import { startRedisSentinels } from './servers/redis-sentinel.ts';
import { startRedisProcess } from './servers/redis-server.ts';

const checks = [...redisConnectionChecks, ...redisStateChecks];

describe('The doctor and private servers of Redis', function () {
  this.timeout(120_000);
  const cleanup = createCleanup();
  let certificates: Certificates;
  before(function () {
    need(this, 'redis-server', 'the Debian package redis-server');
    need(this, 'faketime', 'the Debian package faketime');
    certificates = createCertificates();
  });
  after(() => certificates.remove());
  afterEach(() => cleanup.run());

  const find = async (url: string, env: Record<string, string> = {}) =>
    (await diagnose({ env: { REDIS_URL: url, ...env } }, checks)).problems;
  const start = (...args: string[]) => startRedisProcess({ cleanup, args });

  async function startTls({ certFile, keyFile }: Certificate): Promise<string> {
    const { ca } = certificates.ours;
    const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', ca.certFile];
    const server = await startRedisProcess({
      cleanup,
      args: [...files, '--tls-auth-clients', 'no'],
      client: { tls: { rejectUnauthorized: false } },
    });
    return `127.0.0.1:${server.port}`;
  }

  const ca = () => ({ REDIS_CA_FILE: certificates.ours.ca.certFile });

  it('finds redis:// where TLS is wanted, and rediss:// where the server speaks plain text', async () => {
    const address = await startTls(certificates.ours.right);
    expect(await find(`redis://${address}`)).to.deep.equal(['failed redis-tls-wanted']);
    expect(await find(`rediss://${address}`, ca())).to.deep.equal([]);
    const { port } = await start();
    expect(await find(`rediss://127.0.0.1:${port}`)).to.deep.equal(['failed redis-tls-offered']);
  });

  it('finds a certificate of an unknown CA, for another name, and from another year', async () => {
    const address = await startTls(certificates.ours.right);
    expect(await find(`rediss://${address}`)).to.deep.equal(['failed redis-tls-authority']);
    const other = await startTls(certificates.ours.wrongHost);
    expect(await find(`rediss://${other}`, ca())).to.deep.equal(['failed redis-tls-name']);
    const expired = await startTls(expiredCertificate(certificates));
    expect(await find(`rediss://${expired}`, ca())).to.deep.equal(['failed redis-tls-expiry']);
  });

  it('finds a password that is missing', async () => {
    const { port } = await startRedisProcess({
      cleanup,
      args: ['--requirepass', 'secret'],
      client: { password: 'secret' },
    });
    expect(await find(`redis://127.0.0.1:${port}`)).to.deep.equal(['failed redis-password']);
    expect(await find(`redis://:secret@127.0.0.1:${port}`)).to.deep.equal([]);
  });

  it('finds an eviction policy, little memory and none', async () => {
    const { client, port } = await start('--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru');
    const url = `redis://127.0.0.1:${port}`;
    expect(await find(url)).to.deep.equal(['warning redis-eviction']);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
    await client.config('SET', 'maxmemory', String(Math.round(used * 1.15)));
    expect(await find(url)).to.deep.equal(['warning redis-memory']);
    await client.config('SET', 'maxmemory', '100000');
    expect(await find(url)).to.deep.equal(['failed redis-writable', 'failed redis-memory']);
  });

  it('finds a replica', async () => {
    const { client, port } = await start();
    await client.call('REPLICAOF', '127.0.0.1', '1');
    expect(await find(`redis://127.0.0.1:${port}`)).to.deep.equal(['failed redis-writable']);
  });

  it('follows a cluster from the URL of one node, and from those of all nodes', async () => {
    const cluster = await startRedisCluster(cleanup);
    expect(await find(cluster.url)).to.deep.equal([]);
    expect(await find(cluster.url.split(',')[0] ?? '')).to.deep.equal([]);
  });

  it('follows sentinels, and finds a URL of a server that names one', async () => {
    const sentinels = await startRedisSentinels(cleanup);
    expect(await find(sentinels.url)).to.deep.equal([]);
    expect(await find(sentinels.url.replace('mymaster', 'another'))).to.deep.equal(['failed redis-sentinel']);
    const [, address] = /redis\+sentinel:\/\/(?:[^@]*@)?([^,/]+)/.exec(sentinels.url) ?? [];
    expect(await find(`redis://${address}`)).to.deep.equal(['failed redis-sentinel']);
  });

  it('finds a server that accepts connections and does not answer', async () => {
    const server = await start();
    server.client.disconnect();
    server.freeze();
    expect(await find(`redis://127.0.0.1:${server.port}`)).to.deep.equal(['failed redis-silent']);
  });
});
