import { expect } from 'chai';
import type { Config } from '../../app/config/config.ts';
import { migrate } from '../../app/store/postgres/migrations.ts';
import type { Reply } from '../support/app.ts';
import { type OwnDatabase, openOn } from '../support/own-database.ts';
import { runOn } from '../support/servers.ts';
import { createScratchDatabase, onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { type LoggedInUser, logInNewUser } from '../support/users.ts';
import { hasPgBouncer, needsPgBouncer, startPgBouncer } from './servers/pgbouncer.ts';

/** Each makes the prepared statements of a login or a refresh void: it changes the columns that they return or set. */
const alterations = [
  'alter table sessions alter column user_agent type varchar(400)',
  'alter table sessions alter column ip type varchar(64)',
  'alter table users alter column password_hash type varchar(400)',
  'alter table sessions add column note text',
  'alter table sessions alter column user_agent type text',
  'alter table sessions alter column ip type text',
  'alter table users alter column password_hash type text',
  'alter table sessions drop column note',
];

const userCount = 10;
const refreshesOfUser = 1_000;
/** Refreshes between two alterations. */
const interval = 100;
/** Refreshes of a user between two logins, whose insert has bytes too. */
const sessionLength = 100;

interface Counts {
  refreshes: number;
  unavailable: number;
  alterations: number;
}

/** A client repeats a request that is answered with 503. Every other answer than 200 loses its session. */
async function askAgain(own: OwnDatabase, what: string, body: object, counts: Counts): Promise<string> {
  let reply: Reply | undefined;
  await until(async () => {
    reply = await own.app.ask(`POST /api/v1/auth/${what}`, { body });
    if (reply.status === 503) counts.unavailable += 1;
    return reply.status !== 503;
  });
  expect(reply?.status, `${what} after ${counts.refreshes} refreshes`).to.equal(200);
  return reply?.body.data.refresh_token;
}

async function useSessions(own: OwnDatabase, user: LoggedInUser, counts: Counts): Promise<void> {
  const { email, password } = user;
  let token = user.refresh;
  for (let turn = 1; turn <= refreshesOfUser; turn += 1) {
    token = await askAgain(own, 'refresh', { refresh_token: token }, counts);
    counts.refreshes += 1;
    if (turn % sessionLength === 0) token = await askAgain(own, 'login', { email, password }, counts);
  }
}

async function alterUntil(isDone: () => boolean, url: string, counts: Counts): Promise<void> {
  while (!isDone()) {
    await runOn(url, alterations[counts.alterations % alterations.length] ?? '');
    counts.alterations += 1;
    await until(() => isDone() || counts.refreshes >= counts.alterations * interval, 120_000);
  }
}

type Prepare = Config['database']['prepare'];
const ways: readonly [title: string, poolMode: 'session' | 'transaction' | null, prepare: Prepare][] = [
  ['on a direct connection', null, 'auto'],
  ['through PgBouncer, which pools sessions', 'session', 'auto'],
  ['through PgBouncer, which pools transactions', 'transaction', 'auto'],
  ['through PgBouncer, which pools transactions and loses prepared statements', 'transaction', 'on'],
];

for (const [way, poolMode, prepare] of ways) {
  const title = `While columns are altered, ${way}`;
  onRealStore(poolMode ? needsPgBouncer(title) : title, (stores) => {
    it('no session is lost in 10,000 refreshes', async function () {
      if (poolMode && !hasPgBouncer) this.skip();
      this.timeout(600_000);
      const { url, drop } = await createScratchDatabase();
      await migrate({ target: { url, sslMode: 'disable', caFile: undefined }, log: silentLog });
      const pooler = poolMode && (await startPgBouncer({ poolMode, target: url() }));
      const own = await openOn(() => pooler?.url ?? url(), { ...stores().config, prepare });
      const counts: Counts = { refreshes: 0, unavailable: 0, alterations: 0 };
      let isDone = false;
      try {
        const users: LoggedInUser[] = [];
        while (users.length < userCount) users.push(await logInNewUser(own.app));
        const altering = alterUntil(() => isDone, url(), counts);
        const using = Promise.all(users.map((user) => useSessions(own, user, counts)));
        await using.finally(() => {
          isDone = true;
        });
        await altering;
        expect(counts.refreshes).to.equal(userCount * refreshesOfUser);
        expect(counts.alterations).to.be.at.least(50);
        expect(counts.unavailable).to.be.below(100);
      } finally {
        await own.close();
        await pooler?.stop();
        await drop();
      }
    });
  });
}
