import { expect } from 'chai';
import { connect } from '../../../app/store/postgres/connection.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { type Certificates, createCertificates } from '../../support/certificates.ts';
import { parse, production } from '../../support/configuration.ts';
import { needs, toolPath } from '../../support/debian-tool.ts';
import { codeOf } from '../../support/rows.ts';
import { silentLog } from '../../support/stores.ts';
import { postgresBin, startTlsPostgres, type users } from '../../support/tls-postgres.ts';
import { until } from '../../support/until.ts';
import { probes, using } from './probe.ts';

/** Quotes, an umlaut in two code points, and a ligature: SASLprep changes the last two. */
const password = "o'Brien u\u0308 \uFB01 100%";

(toolPath('openssl') && postgresBin ? describe : describe.skip)(
  needs('openssl', 'A real Postgres with TLS'),
  () => {
    let certificates: Certificates;
    let server: Awaited<ReturnType<typeof startTlsPostgres>>;
    before(async function () {
      this.timeout(60_000);
      certificates = createCertificates();
      server = await startTlsPostgres(certificates.ours.right, password);
    });
    after(async () => {
      await server.close();
      certificates.remove();
    });

    const urlOf = (user: string, query: string, secret = password): string =>
      `postgresql://${user}:${encodeURIComponent(secret)}@localhost:${server.port}/postgres${query}`;

    const configOf = (url: string, usesCa: boolean) => {
      const ca = usesCa ? { DB_CA_FILE: certificates.ours.ca.certFile } : {};
      return parse({ ...production, ...ca, DB_PRIMARY_DB_URL: url }).database;
    };

    /** Whether the session is encrypted, or why there is none. */
    async function logIn(user: keyof typeof users, query: string, usesCa = false, secret = password) {
      const url = urlOf(user, query, secret);
      const target = { ...configOf(url, usesCa), url: () => url };
      const options = { prepare: false, connectTimeout: 10_000, parameters: {}, log: silentLog };
      const connection = connect({ target, ...options });
      try {
        // The client writes a text of this size at once instead of in the next turn of the event loop.
        const [row] = await connection.unsafe<{ ssl: boolean }[]>(
          `select ssl from pg_stat_ssl where pid = pg_backend_pid() ${' '.repeat(2_000)}`,
        );
        return row?.ssl ? 'encrypted' : 'plain text';
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      } finally {
        await connection.end({ timeout: 1 });
      }
    }

    it('is logged in to with SCRAM in every mode', async () => {
      expect(await logIn('scram', '?sslmode=disable')).to.equal('plain text');
      for (const query of ['?sslmode=allow', '?sslmode=prefer', '?sslmode=require'])
        expect(await logIn('scram', query), query).to.equal('encrypted');
      for (const query of ['', '?sslmode=require', '?sslmode=verify-ca', '?sslmode=verify-full'])
        expect(await logIn('scram', query, true), query).to.equal('encrypted');
      const own = `?sslrootcert=${certificates.ours.ca.certFile}`;
      expect(await logIn('scram', own)).to.equal('encrypted');
    });

    it('is refused without its CA', async () => {
      for (const query of ['', '?sslmode=verify-full', '?sslrootcert=system'])
        expect(await logIn('scram', query), query).to.match(/its certificate is refused/);
    });

    it('gets the password in clear text, and may ask for none, only when it is verified', async () => {
      expect(await logIn('password', '', true)).to.equal('encrypted');
      expect(await logIn('trust', '', true)).to.equal('encrypted');
      for (const query of ['?sslmode=require', '?sslmode=disable']) {
        expect(await logIn('password', query), query).to.match(/asks for the password in clear text/);
        expect(await logIn('trust', query), query).to.match(/asks for no password/);
      }
    });

    it('never gets an MD5 hash', async () => {
      expect(await logIn('md5', '', true)).to.match(/asks for an MD5 hash/);
    });

    it('says itself when the password is wrong, and is not asked without one', async () => {
      expect(await logIn('scram', '', true, 'wrong')).to.equal(
        'password authentication failed for user "scram"',
      );
      expect(await logIn('scram', '', true, '')).to.match(/the URL contains none/);
    });

    it('cancels a query at the deadline, through a second connection with TLS', async () => {
      const url = urlOf('scram', '');
      const config = configOf(url, true);
      // The role has no deadline either, whatever the profile says.
      const profile = { pooling: 'transaction', keepsStatements: false, settings: 'role' } as const;
      const options = { url: () => url, queries: probes, log: silentLog, profile };
      const busy = async (): Promise<number> =>
        using(createDatabase({ ...options, config: { ...config, timeout: 10_000 } }), async (database) => {
          const [row] = await database.query<{ backends: number }>('probe/count_backends');
          return row?.backends ?? 0;
        });
      await using(createDatabase({ ...options, config: { ...config, timeout: 400 } }), async (database) => {
        expect(await database.query('probe/sleep', [60]).catch(codeOf)).to.equal('service_unavailable');
        await until(async () => (await busy()) === 0);
      });
    });
  },
);
