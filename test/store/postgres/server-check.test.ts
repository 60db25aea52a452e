import { expect } from 'chai';
import { withOperator } from '../../../app/commands/admin/operator.ts';
import { migrateCommand } from '../../../app/commands/migrate.ts';
import { purgeCommand } from '../../../app/commands/purge.ts';
import { serveCommand } from '../../../app/commands/serve.ts';
import { type Config, ConfigError } from '../../../app/config/config.ts';
import type { Environment } from '../../../app/config/reader.ts';
import { openStores } from '../../../app/open-stores.ts';
import { type Certificates, createCertificates } from '../../support/certificates.ts';
import { parse, production } from '../../support/configuration.ts';
import { needs, toolPath } from '../../support/debian-tool.ts';
import { pemPair, recordingLog } from '../../support/keys.ts';
import { start } from '../../support/process.ts';
import { type StandIn, startStandIn } from '../../support/stand-in-postgres.ts';
import { silentLog } from '../../support/stores.ts';

const noSignal = new Promise<never>(() => undefined);
/** Nothing listens there. */
const nowhere = 'rediss://:pw@127.0.0.1:1';

/** The form of the guide's URLs, which have no sslmode. */
const guideUrl = ({ port }: StandIn, query = ''): string =>
  `postgresql://admin:YourPassword@localhost:${port}/authdb${query}`;

(toolPath('openssl') ? describe : describe.skip)(needs('openssl', 'A Postgres that is not verified'), () => {
  let certificates: Certificates;
  const standIns: StandIn[] = [];
  before(() => {
    certificates = createCertificates();
  });
  afterEach(() => {
    for (const standIn of standIns.splice(0)) standIn.close();
  });
  after(() => certificates.remove());

  async function open(options: Parameters<typeof startStandIn>[0]): Promise<StandIn> {
    const standIn = await startStandIn({ password: 'YourPassword', ...options });
    standIns.push(standIn);
    return standIn;
  }

  const environment = (url: string, env: Environment = {}): Environment => {
    const { privatePem, publicPem } = pemPair('a');
    const keys = { JWT_PRIVATE_KEY: privatePem, JWT_PUBLIC_KEY: publicPem };
    return { ...production, ...keys, REDIS_URL: nowhere, DB_PRIMARY_DB_URL: url, ...env };
  };

  const commands: readonly [name: string, run: (config: Config) => Promise<unknown>][] = [
    ['serve', (config) => serveCommand(config, silentLog, '1.0.0', noSignal)],
    ['migrate', (config) => migrateCommand(config, silentLog)],
    ['purge', (config) => purgeCommand(config, silentLog, { loginHistory: 13, auditLog: 24 })],
    ['admin', (config) => withOperator(config, silentLog, async () => undefined)],
  ];

  /** The only fault of a command, or a failure of the test. */
  async function faultOf(run: Promise<unknown>): Promise<string> {
    const error = await run.catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(ConfigError);
    const { faults } = error as ConfigError;
    expect(faults).to.have.length(1);
    return faults[0] ?? '';
  }

  for (const [name, run] of commands) {
    it(`ends the command ${name} with one line that names the two ways out`, async () => {
      const standIn = await open({ login: 'cleartext', certificate: certificates.selfSigned });
      expect(await faultOf(run(parse(environment(guideUrl(standIn)))))).to.equal(
        'DB_PRIMARY_DB_URL: Postgres cannot be verified: its certificate is refused (DEPTH_ZERO_SELF_SIGNED_CERT). Set DB_CA_FILE or DB_CA to the certificate of its CA, or accept a server that is not verified with DB_TLS=unverified.',
      );
      expect(standIn.counts).to.deep.equal({ connections: 1, logins: 0 });
    });
  }

  it('ends the process with status 78', async () => {
    const standIn = await open({ login: 'cleartext', certificate: certificates.ours.right });
    const env = Object.entries(environment(guideUrl(standIn)));
    const migrating = start(['migrate'], Object.fromEntries(env.map(([name, text = '']) => [name, text])));
    expect(await migrating.ended).to.equal(78);
    const lines = migrating.output().trim().split('\n');
    expect(lines.slice(1)).to.have.length(1);
    expect(lines[1]).to.match(/^ {2}- DB_PRIMARY_DB_URL: .* DB_CA_FILE .* DB_TLS=unverified\.$/);
    expect(migrating.output()).not.to.contain('YourPassword');
    expect(standIn.counts.logins).to.equal(0);
  });

  it('is named by the variable of the replica', async () => {
    const standIn = await open({ login: 'cleartext', certificate: certificates.selfSigned });
    const env = environment('postgresql://u@127.0.0.1:1/none', { DB_REPLICA_DB_URL: guideUrl(standIn) });
    expect(await faultOf(openStores(parse(env), silentLog))).to.match(
      /^DB_REPLICA_DB_URL: Postgres cannot be/,
    );
  });

  const check = async (standIn: StandIn, query = '', env: Environment = {}) =>
    faultOf(migrateCommand(parse(environment(guideUrl(standIn, query), env)), silentLog));
  const withCa = (): Environment => ({ DB_CA_FILE: certificates.ours.ca.certFile });

  it('because it has no TLS: the line also says how to allow plain text', async () => {
    const standIn = await open({ login: 'scram' });
    expect(await check(standIn)).to.match(
      /does not offer TLS.*DB_CA_FILE.*DB_TLS=unverified.*sslmode=disable/,
    );
    expect(await check(standIn, '', { DB_TLS: 'unverified' })).to.match(
      /does not offer TLS.*sslmode=disable/,
    );
    expect(standIn.counts.logins).to.equal(0);
  });

  it('because its certificate is for another host, or by another CA than that of DB_CA_FILE', async () => {
    const wrongHost = await open({ login: 'scram', certificate: certificates.ours.wrongHost });
    expect(await check(wrongHost, '', withCa())).to.contain('ERR_TLS_CERT_ALTNAME_INVALID');
    const wrongCa = await open({ login: 'scram', certificate: certificates.other.right });
    for (const query of ['', '?sslmode=require', '?sslmode=prefer', '?sslmode=verify-ca'])
      expect(await check(wrongCa, query, withCa()), query).to.match(
        /is refused .* Correct the CA certificates, or /,
      );
    expect(wrongHost.counts.logins + wrongCa.counts.logins).to.equal(0);
  });

  it('and whose IP address is not in its certificate', async () => {
    const standIn = await open({ login: 'scram', certificate: certificates.ours.wrongHost });
    const url = guideUrl(standIn).replace('localhost', '127.0.0.1');
    const refused = migrateCommand(parse(environment(url, withCa())), silentLog);
    expect(await faultOf(refused)).to.contain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('and asks for another proof than SCRAM: the line says which, and nothing is sent', async () => {
    const lines = [
      [
        'cleartext',
        /asks for the password in clear text, where only SCRAM is answered\. Verify it with DB_CA_FILE/,
      ],
      ['md5', /asks for an MD5 hash of the password, which is not supported\. Use scram-sha-256/],
      ['trust', /asks for no password, where only SCRAM is answered\. .* a URL without a password\.$/],
    ] as const;
    for (const [login, line] of lines) {
      for (const query of ['?sslmode=require', '?sslmode=disable']) {
        const standIn = await open({ login, certificate: certificates.selfSigned });
        expect(await check(standIn, query)).to.match(line);
        expect([standIn.answers, standIn.queries]).to.deep.equal([[], []]);
      }
    }
  });

  it('because the CA file is missing, or contradicts the mode', async () => {
    const standIn = await open({ login: 'scram', certificate: certificates.ours.right });
    expect(await check(standIn, '?sslrootcert=/nowhere/ca.pem')).to.contain(
      'file in sslrootcert is not a readable',
    );
    expect(await check(standIn, '?sslmode=disable', withCa())).to.contain('although there is a CA file');
    expect(await check(standIn, '?sslmode=verify-ca')).to.contain('needs a CA file');
    expect(await check(standIn, '?sslmode=require&sslrootcert=system')).to.contain(
      'needs sslmode=verify-full',
    );
    expect(standIn.counts.connections).to.equal(0);
  });

  it('may ask for no password outside of production, or where the URL contains none', async () => {
    const standIn = await open({ login: 'trust' });
    const development = parse({ DB_PRIMARY_DB_URL: guideUrl(standIn), REDIS_URL: 'redis://127.0.0.1:1' });
    const { log, lines } = recordingLog();
    const stores = await openStores(development, log);
    await stores.close();
    const url = guideUrl(standIn, '?sslmode=disable').replace(':YourPassword', '');
    await (await openStores(parse(environment(url)), log)).close();
    expect(new Set(standIn.queries)).to.deep.equal(new Set(['Q']));
    expect(lines.filter(({ event }) => event === 'postgres_unverified')).to.deep.equal([]);
  });

  it('answers neither clear text nor MD5 outside of production', async () => {
    for (const login of ['cleartext', 'md5'] as const) {
      const standIn = await open({ login });
      const refused = openStores(parse({ DB_PRIMARY_DB_URL: guideUrl(standIn) }), silentLog);
      expect(await faultOf(refused)).to.contain('DB_PRIMARY_DB_URL: Postgres ');
      expect(standIn.answers).to.deep.equal([]);
    }
    const late = await open({ login: 'cleartext after trust' });
    await (await openStores(parse({ DB_PRIMARY_DB_URL: guideUrl(late) }), silentLog)).close();
    expect(late.answers).to.deep.equal(['\0']);
  });

  it('causes a warning in production, except on the loopback interface', async () => {
    const { log, lines } = recordingLog();
    // Nothing answers there, so the check finds no fault.
    const hosts = ['192.0.2.1', '[2001:db8::1]', 'localhost', '127.0.0.2', '[::1]'];
    for (const host of hosts) {
      const env = environment(`postgresql://u:p@${host}:1/db?sslmode=disable`, { DB_TIMEOUT: '10ms' });
      await (await openStores(parse(env), log)).close();
    }
    const warnings = lines.filter(({ event }) => event === 'postgres_unverified');
    expect(warnings.map(({ level, variable }) => [level, variable])).to.deep.equal([
      ['warn', 'DB_PRIMARY_DB_URL'],
      ['warn', 'DB_PRIMARY_DB_URL'],
    ]);
  });
});
