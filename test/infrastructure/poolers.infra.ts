import { expect } from 'chai';
import { ConfigError, parseConfig } from '../../app/config/config.ts';
import { openStores } from '../../app/open-stores.ts';
import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import { detectProfile } from '../../app/store/postgres/server-profile.ts';
import { sessionTimeouts } from '../../app/store/postgres/session-timeouts.ts';
import { type Echo, probes, using } from '../store/postgres/probe.ts';
import { onRealStore, silentLog } from '../support/stores.ts';
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

  const detect = (url: string) => {
    const { database } = parse(url);
    const { timeout } = database;
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
});
