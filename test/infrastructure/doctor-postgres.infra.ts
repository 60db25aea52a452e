import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { postgresConnectionChecks } from '../../app/commands/doctor/checks/postgres-connection.ts';
import { postgresStateChecks } from '../../app/commands/doctor/checks/postgres-state.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { startPostgres } from '../../tools/torture/harness/postgres-server.ts';
import { diagnose } from '../commands/doctor/support/diagnosis.ts';
import { need } from '../deployments/support/tools.ts';
import { type Certificate, type Certificates, createCertificates } from '../support/certificates.ts';
import { onRealStore } from '../support/stores.ts';
import { postgresBin, startTlsPostgres } from '../support/tls-postgres.ts';
import { expiredCertificate } from './servers/expired-certificate.ts';
import { hasPgBouncer, type PgBouncerOptions, startPgBouncer } from './servers/pgbouncer.ts';
import { startRedisProcess } from './servers/redis-server.ts';

const checks = [...postgresConnectionChecks, ...postgresStateChecks];
const find = async (env: Record<string, string>) => (await diagnose({ env }, checks)).problems;

(postgresBin ? describe : describe.skip)(
  'The doctor and Postgres with TLS (needs the Debian package postgresql)',
  function () {
    this.timeout(120_000);
    const cleanup = createCleanup();
    const password = randomBytes(12).toString('hex');
    let certificates: Certificates;
    before(function () {
      need(this, 'faketime', 'the Debian package faketime');
      certificates = createCertificates();
    });
    after(() => certificates.remove());
    afterEach(() => cleanup.run());

    async function start(certificate: Certificate = certificates.ours.right) {
      const server = await startTlsPostgres(certificate, password);
      cleanup.add(() => server.close());
      const sql = postgres(`postgresql://postgres@127.0.0.1:${server.port}/postgres`, {
        max: 1,
        fetch_types: false,
      });
      cleanup.add(() => sql.end({ timeout: 0 }));
      const url = (user: string, secret: string, mode = '') =>
        `postgresql://${user}:${secret}@127.0.0.1:${server.port}/postgres${mode}`;
      return { sql, url, port: server.port };
    }

    const withCa = (url: string) => ({ DB_PRIMARY_DB_URL: url, DB_CA_FILE: certificates.ours.ca.certFile });

    it('finds nothing wrong with a verified server', async () => {
      const { url } = await start();
      expect(await find(withCa(url('scram', password)))).to.deep.equal([]);
    });

    it('finds a CA that nobody knows', async () => {
      const { url } = await start();
      expect(await find({ DB_PRIMARY_DB_URL: url('scram', password, '?sslmode=verify-full') })).to.deep.equal(
        ['failed database-tls-authority'],
      );
    });

    it('finds a certificate for another name', async () => {
      const { url } = await start(certificates.ours.wrongHost);
      expect(await find(withCa(url('scram', password)))).to.deep.equal(['failed database-tls-name']);
    });

    it('finds a certificate that has expired', async () => {
      const { url } = await start(expiredCertificate(certificates));
      expect(await find(withCa(url('scram', password)))).to.deep.equal(['failed database-tls-expiry']);
    });

    it('finds a wrong password, and a method of login that the service does not answer', async () => {
      const { url } = await start();
      expect(await find(withCa(url('scram', 'wrong')))).to.deep.equal(['failed database-password']);
      expect(await find(withCa(url('md5', password)))).to.deep.equal(['failed database-login']);
    });

    it('finds a server that demands TLS, and one that does not know the client', async () => {
      const { sql, url } = await start();
      const [row] = await sql.unsafe<{ hba_file: string }[]>('show hba_file');
      writeFileSync(
        row?.hba_file ?? '',
        'host all postgres all trust\nhostssl all scram all scram-sha-256\n',
      );
      await sql.unsafe('select pg_reload_conf()');
      expect(await find({ DB_PRIMARY_DB_URL: url('scram', password, '?sslmode=disable') })).to.deep.equal([
        'failed database-tls-required',
      ]);
      expect(await find(withCa(url('password', password)))).to.deep.equal(['failed database-access']);
    });

    it('finds that no connection is free', async () => {
      const { sql, url } = await start();
      await sql.unsafe('alter role scram connection limit 0');
      expect(await find(withCa(url('scram', password)))).to.deep.equal(['failed database-connections-free']);
    });

    it('finds a server that is shutting down', async () => {
      const { sql, url } = await start();
      const [row] = await sql.unsafe<{ data_directory: string }[]>(
        `select current_setting('data_directory') as data_directory`,
      );
      const pid = Number(readFileSync(`${row?.data_directory}/postmaster.pid`, 'utf8').split('\n')[0]);
      // A smart shutdown waits for the session of `sql`.
      process.kill(pid, 'SIGTERM');
      expect(await find(withCa(url('scram', password)))).to.deep.equal(['failed database-started']);
    });
  },
);

(hasPgBouncer ? onRealStore : () => undefined)('The doctor and PgBouncer', (stores) => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  async function start(poolMode: PgBouncerOptions['poolMode'], settings = {}): Promise<string> {
    const pooler = await startPgBouncer({ poolMode, target: stores().directUrl(), settings });
    cleanup.add(() => pooler.stop());
    return pooler.url;
  }

  it('names its mode', async () => {
    const url = await start('transaction');
    const { findings, problems } = await diagnose({ env: { DB_PRIMARY_DB_URL: url } }, checks);
    expect(problems).to.deep.equal(['warning database-pooler']);
    expect(findings.get('database-pooler')?.fix).to.contain('DB_MIGRATION_URL');
    expect(await find({ DB_PRIMARY_DB_URL: await start('session') })).to.deep.equal([]);
  });

  it('finds prepared statements that it loses', async () => {
    const url = await start('transaction');
    expect(await find({ DB_PRIMARY_DB_URL: url, DB_PREPARE: 'on' })).to.deep.equal([
      'failed database-pooler',
    ]);
  });

  it('finds a pooler that pools statements', async () => {
    const problems = await find({ DB_PRIMARY_DB_URL: await start('statement') });
    expect(problems).to.deep.equal(['failed database-transactions']);
  });

  it('finds that TLS is demanded and not offered', async () => {
    const url = (await start('session')).replace('sslmode=disable', 'sslmode=require');
    expect(await find({ DB_PRIMARY_DB_URL: url })).to.deep.equal(['failed database-tls-offered']);
  });
});

describe('The doctor and a standby of Postgres', function () {
  this.timeout(120_000);
  const cleanup = createCleanup();
  after(() => cleanup.run());

  it('finds that the URL of the primary leads to a standby', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'auth-doctor-'));
    cleanup.add(() => rmSync(folder, { recursive: true }));
    const primary = await startPostgres(folder, cleanup);
    const standby = await startPostgres(folder, cleanup, { primary });
    const { findings, problems } = await diagnose({ env: { DB_PRIMARY_DB_URL: standby.url } }, checks);
    expect(problems).to.deep.equal(['failed database-writable']);
    expect(findings.get('database-writable')?.message).to.contain('standby');
    const env = { DB_PRIMARY_DB_URL: primary.url, DB_REPLICA_DB_URL: standby.url };
    expect(await find(env)).to.deep.equal([]);
  });
});

describe('The doctor and a server that does not answer', function () {
  this.timeout(60_000);
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  /** A stopped process, whose kernel still accepts as many connections as its backlog has. */
  async function startFrozen(args: readonly string[] = []): Promise<number> {
    const server = await startRedisProcess({ cleanup, args });
    server.client.disconnect();
    server.freeze();
    return server.port;
  }

  it('finds one that accepts connections', async () => {
    const port = await startFrozen();
    expect(await find({ DB_PRIMARY_DB_URL: `postgresql://auth@127.0.0.1:${port}/auth` })).to.deep.equal([
      'failed database-silent',
    ]);
  });

  it('finds one whose packets are dropped', async () => {
    const port = await startFrozen(['--tcp-backlog', '1']);
    const sockets: Socket[] = Array.from({ length: 8 }, () =>
      connect(port, '127.0.0.1').on('error', () => undefined),
    );
    cleanup.add(() => sockets.forEach((socket) => void socket.destroy()));
    const startedAt = performance.now();
    expect(await find({ DB_PRIMARY_DB_URL: `postgresql://auth@127.0.0.1:${port}/auth` })).to.deep.equal([
      'failed database-silent',
    ]);
    process.stdout.write(`      after ${Math.round(performance.now() - startedAt)} ms\n`);
  });
});
