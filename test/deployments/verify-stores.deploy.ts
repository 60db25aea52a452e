import { expect } from 'chai';
import type { Outcome } from '../../app/commands/checks/check.ts';
import { runChecks } from '../../app/commands/checks/run-checks.ts';
import { openRedisContext, redisChecks } from '../../app/commands/verify/redis/checks.ts';
import { parseConfig } from '../../app/config/config.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { startRedisProcess } from '../infrastructure/servers/redis-server.ts';
import { type Certificates, createCertificates } from '../support/certificates.ts';
import { silentLog } from '../support/stores.ts';
import { need } from './support/tools.ts';

describe('auth-service verify --redis', function () {
  this.timeout(60_000);
  const cleanup = createCleanup();
  let certificates: Certificates;
  before(function () {
    need(this, 'redis-server', 'the Debian package redis-server');
    need(this, 'openssl', 'the Debian package openssl');
    certificates = createCertificates();
  });
  after(() => certificates?.remove());
  afterEach(() => cleanup.run());

  async function check(variables: Record<string, string>): Promise<Outcome[]> {
    const config = parseConfig(variables, undefined, undefined, 'verify');
    const context = await openRedisContext(config, silentLog);
    try {
      return await runChecks(redisChecks, context);
    } finally {
      await context.client.close();
    }
  }

  const problems = (outcomes: readonly Outcome[]): string[] =>
    outcomes
      .filter(({ finding }) => finding.status === 'failed' || finding.status === 'warning')
      .map(({ check: { id }, finding: { message, status } }) => `${status} ${id}: ${message}`);

  const start = (...args: string[]) => startRedisProcess({ cleanup, args });

  async function startWithTls() {
    const { ca, right } = certificates.ours;
    const redis = await startRedisProcess({
      cleanup,
      args: [
        ...['--tls-cert-file', right.certFile, '--tls-key-file', right.keyFile],
        ...['--tls-ca-cert-file', ca.certFile, '--tls-auth-clients', 'no'],
      ],
      client: { tls: { ca: ca.cert, servername: 'localhost' } },
    });
    return { REDIS_URL: `rediss://localhost:${redis.port}`, REDIS_CA_FILE: ca.certFile };
  }

  it('passes on a Redis with TLS', async () => {
    expect(problems(await check(await startWithTls()))).to.deep.equal([]);
  });

  it('warns of a certificate that is not verified, and of plain text', async () => {
    const { REDIS_URL } = await startWithTls();
    expect(problems(await check({ REDIS_URL, REDIS_TLS: 'unverified' }))).to.deep.equal([
      'warning redis-encrypted: The certificate is not verified',
    ]);
    const { port } = await start();
    expect(problems(await check({ REDIS_URL: `redis://127.0.0.1:${port}` }))).to.deep.equal([
      'warning redis-encrypted: The connection is not encrypted',
    ]);
  });

  it('reports a policy by which a full Redis deletes keys', async () => {
    const { port } = await start('--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru');
    expect(problems(await check({ REDIS_URL: `redis://127.0.0.1:${port}` }))).to.include(
      'failed redis-eviction-policy: maxmemory-policy is allkeys-lru',
    );
  });

  it('reports a Redis that is full', async () => {
    const { client, port } = await start('--maxmemory', '8mb', '--maxmemory-policy', 'noeviction');
    for (let at = 0; ; at++) {
      const [, used = '0'] = /used_memory:(\d+)/.exec(await client.info('memory')) ?? [];
      if (Number(used) > 0.96 * 8 * 1024 * 1024) break;
      await client.set(`filling:${at}`, 'x'.repeat(64 * 1024));
    }
    const found = problems(await check({ REDIS_URL: `redis://127.0.0.1:${port}` }));
    expect(found.join()).to.match(/failed redis-memory-left: \d+ % of the memory is in use/);
  });

  it('reports a Redis that does not answer', async () => {
    const outcomes = await check({ REDIS_URL: 'redis://127.0.0.1:9' });
    expect(outcomes.map(({ check: { id }, finding }) => `${finding.status} ${id}`)).to.deep.equal([
      'failed redis-reply',
      ...['skipped redis-encrypted', 'skipped redis-eviction-policy', 'skipped redis-memory-left'],
    ]);
  });
});
