import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import postgres from 'postgres';
import { ConfigError, parseConfig } from '../../app/config/config.ts';
import { openStores } from '../../app/open-stores.ts';
import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import { detectProfile } from '../../app/store/postgres/server-profile.ts';
import { sessionTimeouts } from '../../app/store/postgres/session-timeouts.ts';
import { type Echo, probes, using } from '../store/postgres/probe.ts';
import { startProxy } from '../support/frozen-proxy.ts';
import { onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { type PgBouncer, type PgBouncerOptions, startPgBouncer } from './servers/pgbouncer.ts';

onRealStore('Behind PgBouncer', (stores) => {
  let pooler: PgBouncer | undefined;
  afterEach(() => pooler?.stop());

  async function start(options: Omit<PgBouncerOptions, 'target'>): Promise<string> {
    pooler = await startPgBouncer({ ...options, target: stores().url() });
    return pooler.url;
  }

  const parse = (url: string) => parseConfig({ DB_PRIMARY_DB_URL: url, REDIS_URL: 'redis://127.0.0.1:1' });

  function open(url: string) {
    const config = parse(url).database;
    return createDatabase({ url: () => url, config, queries: probes, log: silentLog });
  }

  const detect = (url: string, timeout = 3_000) => {
    const { database } = parse(url);
    const settings = sessionTimeouts(timeout);
    return detectProfile({ target: { ...database, url: () => url }, settings, timeout, log: silentLog });
  };

  const ours = Object.keys(sessionTimeouts(1));

  for (const poolMode of ['session', 'transaction'] as const) {
    for (const ignoreStartupParameters of [[], ours]) {
      const how = ignoreStartupParameters.length > 0 ? 'ignores our startup parameters' : 'has its defaults';
      it(`that pools each ${poolMode} and ${how}, queries and transactions need no setting`, async () => {
        const url = await start({ poolMode, ignoreStartupParameters });
        await using(open(url), async (database) => {
          const words = Array.from({ length: 60 }, (_, number) => `word ${number}`);
          const answers = await Promise.all(words.map((word) => database.query<Echo>('probe/echo', [word])));
          expect(answers.map(([row]) => row?.saidIt)).to.deep.equal(words);
          const [one, two] = await database.transaction(async (tx) => [
            ...(await tx.query<Echo>('probe/echo', ['one'])),
            ...(await tx.query<Echo>('probe/echo', ['two'])),
          ]);
          expect(one?.backendPid).to.equal(two?.backendPid);
        });
      });
    }
  }

  it('that pools statements, every command ends with a fault that names the reason and the way out', async () => {
    const url = await start({ poolMode: 'statement' });
    const refused = await openStores(parse(url), silentLog).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ConfigError);
    expect((refused as ConfigError).faults).to.deep.equal([
      'DB_PRIMARY_DB_URL: the pooler pools statements and refuses transactions, which the service needs. Configure pool_mode=transaction or pool_mode=session in the pooler.',
    ]);
  });

  it('is told apart from a direct connection, and so are its modes', async () => {
    expect(await detect(stores().url())).to.deep.equal({
      pooling: 'none',
      keepsStatements: true,
      settings: 'startup',
    });
    expect(await detect(await start({ poolMode: 'session' }))).to.deep.equal({
      pooling: 'session',
      keepsStatements: true,
      settings: 'transaction',
    });
  });

  // Version 1.21 began to keep prepared statements.
  for (const server_round_robin of [0, 1]) {
    it(`that pools transactions, before version 1.21, no prepared statement survives (server_round_robin=${server_round_robin})`, async () => {
      expect(
        await detect(await start({ poolMode: 'transaction', settings: { server_round_robin } })),
      ).to.deep.equal({
        pooling: 'transaction',
        keepsStatements: false,
        settings: 'transaction',
      });
    });
  }

  for (const poolMode of ['session', 'transaction'] as const) {
    it(`that has one backend for each ${poolMode}, no prepared statement is used`, async () => {
      const profile = await detect(await start({ poolMode, poolSize: 1 }));
      expect(profile).to.include({ keepsStatements: false, settings: 'transaction' });
    });
  }

  it('that is slow, the service starts with the cautious rules instead of waiting', async () => {
    const url = new URL(await start({ poolMode: 'session', ignoreStartupParameters: ours }));
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    try {
      // Enough for two logins, and not for all observations.
      proxy.delay(20);
      const profile = await detect(url.href, 2_000);
      expect(profile).to.deep.equal({
        pooling: 'transaction',
        keepsStatements: false,
        settings: 'transaction',
      });
    } finally {
      proxy.close();
    }
  });

  it('whose role has timeouts, a statement needs no transaction of its own', async () => {
    const sql = postgres(stores().url(), { max: 1, onnotice: () => undefined });
    const role = `auth_pooled_${randomBytes(4).toString('hex')}`;
    try {
      await sql.unsafe(`create role ${role} login password 'pooled'`);
      await sql.unsafe(`alter role ${role} set statement_timeout = '2s'`);
      await sql.unsafe(`alter role ${role} set idle_in_transaction_session_timeout = '3s'`);
      const target = new URL(stores().url());
      [target.username, target.password] = [role, 'pooled'];
      pooler = await startPgBouncer({ poolMode: 'transaction', target: target.href });
      expect(await detect(pooler.url)).to.include({ settings: 'role' });
    } finally {
      await pooler?.stop();
      pooler = undefined;
      await sql.unsafe(`drop role ${role}`);
      await sql.end();
    }
  });

  it('that was put in front while the service runs, the service finds that out', async () => {
    const { config } = stores();
    let url = stores().url();
    const database = createDatabase({
      ...{ url: () => url, config: { ...config, poolMax: 1 }, queries: probes, log: silentLog },
    });
    await using(database, async () => {
      const [row] = await database.query<Echo>('probe/echo', ['direct']);
      url = await start({ poolMode: 'transaction' });
      await using(open(url), (other) => other.query('probe/kill', [row?.backendPid]));
      const isServed = () =>
        database.query<Echo>('probe/echo', ['pooled']).then(
          ([answer]) => answer?.backendPid !== row?.backendPid,
          () => false,
        );
      await until(isServed);
    });
  });
});
