import { createHmac, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { parseConfig } from '../../../app/config/config.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { type Reply, startApp, type TestApp } from '../../support/app.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { startProxy } from '../../support/frozen-proxy.ts';
import { openRedisKeys, type RedisKeys } from '../../support/redis-keys.ts';
import { onRealStore, queries, silentLog, type TestStores } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser, sessionIdOf } from '../../support/users.ts';

/** Starts replicas with their connections to Postgres through a proxy, which can cut or freeze them. */
async function startBehindProxy(stores: TestStores, timeout: string, count = 1) {
  const target = new URL(stores.url());
  const proxy = await startProxy({ host: target.hostname, port: Number(target.port || 5432) });
  const url = new URL(target);
  url.host = `127.0.0.1:${proxy.port}`;
  const config = parseConfig({ DB_TIMEOUT: timeout }).database;
  const database = createDatabase({ url: () => url.href, config, queries, log: silentLog, embedded: false });
  const start = () => startApp({ ...stores, database, replica: database });
  const replicas = [await start()];
  while (replicas.length < count) replicas.push(await start());
  const close = async (): Promise<void> => {
    await Promise.all(replicas.map((replica) => replica.close()));
    proxy.close();
    await database.close();
  };
  // reason: the first replica is always started
  return { app: replicas[0] as TestApp, replicas, proxy, close };
}

/** The admin role in the text of a copy, whatever its other bytes. */
const withAdminRole = (text: string): string => {
  const forged = text.replace('"roles":["user"]', '"roles":["admin","user"]');
  expect(forged).not.to.equal(text);
  return forged;
};
const jsonOf = (text: string): string => text.slice(text.indexOf('{'));
const signedBy = (key: Buffer, json: string): string =>
  `${createHmac('sha256', key).update(json).digest('base64url')}.${json}`;

/** What somebody who can write to Redis makes of the copy of a plain user. */
const forgeries: Readonly<Record<string, (genuine: string) => string>> = {
  'its roles changed': withAdminRole,
  'its roles changed and no MAC': (text) => jsonOf(withAdminRole(text)),
  'its roles changed and a MAC of nothing': (text) => `.${jsonOf(withAdminRole(text))}`,
  'its roles changed and a MAC under a key of the forger': (text) =>
    signedBy(randomBytes(32), jsonOf(withAdminRole(text))),
  'its roles changed and a MAC under an empty key': (text) =>
    signedBy(Buffer.alloc(0), jsonOf(withAdminRole(text))),
  'a later end of its session': (text) => text.replace(/"expiresAt":"\d{4}/, '"expiresAt":"2999'),
  'no MAC': jsonOf,
  'its last character missing': (text) => text.slice(0, -1),
  'its first character missing': (text) => text.slice(1),
  'a space at its end': (text) => `${text} `,
  'only its MAC left': (text) => text.slice(0, text.indexOf('{')),
  'nothing left': () => '',
  'another text': () => 'null',
};

onRealStore('A forged state copy in Redis, while Postgres is away,', (stores) => {
  const clock = useMonotonicClock();
  let keysOfRedis: RedisKeys;
  let redis: RedisKeys['connection'];
  before(async function () {
    const url = stores().redisUrl ?? this.skip();
    keysOfRedis = await openRedisKeys(url());
    redis = keysOfRedis.connection;
  });
  after(() => keysOfRedis?.close());

  /** The keys in Redis that contain the text of a state of this session. */
  async function copyKeys(user: LoggedInUser): Promise<string[]> {
    const keys = await keysOfRedis.find(`*${sessionIdOf(user.access)}`);
    const texts = await Promise.all(keys.map((key) => redis.get(key)));
    return keys.filter((_, n) => texts[n]?.includes('"roles"'));
  }

  const verify = (app: TestApp, { access }: LoggedInUser) =>
    app.ask('GET /api/v1/auth/verify', { token: access });

  /** @returns the only key and the text of the user's copy, once it is there */
  async function copyOf(app: TestApp, user: LoggedInUser) {
    expect((await verify(app, user)).status).to.equal(204);
    await until(async () => (await copyKeys(user)).length > 0);
    const [key = ''] = await copyKeys(user);
    return { key, text: (await redis.get(key)) ?? '' };
  }

  async function refusals(app: TestApp, reason: string): Promise<number> {
    const { values } = await app.metrics.stateCopiesRefused.get();
    return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
  }

  it('grants nothing, whatever has been changed, and is counted and logged', async () => {
    const { app, proxy, close } = await startBehindProxy(stores(), '10s');
    try {
      const user = await logInNewUser(app);
      const { key, text } = await copyOf(app, user);
      proxy.close();
      await clock.advance(1_000);
      const genuine = await verify(app, user);
      expect([genuine.status, genuine.headers['x-user-roles']]).to.deep.equal([204, 'user']);
      for (const [title, forge] of Object.entries(forgeries)) {
        const before = await refusals(app, 'bad_mac');
        await redis.set(key, forge(text));
        const reply = await verify(app, user);
        expect([title, reply.status]).to.deep.equal([title, 503]);
        expect(await refusals(app, 'bad_mac'), title).to.equal(before + 1);
      }
      const lines = app.logged().filter(({ event }) => event === 'state_copy_refused');
      expect(lines.length).to.equal(Object.keys(forgeries).length);
      for (const line of lines) {
        const where = { ip: '127.0.0.1', userId: user.id, sessionId: sessionIdOf(user.access) };
        expect(line).to.include({ level: 'warn', reason: 'bad_mac', ...where });
      }
    } finally {
      await close();
    }
  });

  it('grants nothing under the key of another session, and nothing in the form of the release before', async () => {
    const { app, proxy, close } = await startBehindProxy(stores(), '10s');
    try {
      const [user, admin] = [await logInNewUser(app), await logInNewAdmin(app)];
      const [own, others] = [await copyOf(app, user), await copyOf(app, admin)];
      proxy.close();
      await clock.advance(1_000);
      await redis.set(own.key, others.text);
      expect((await verify(app, user)).status).to.equal(503);
      expect(await refusals(app, 'other_session')).to.equal(1);
      await redis.del(own.key);
      const prefix = own.key.slice(0, own.key.indexOf(':') + 1);
      const unsigned = JSON.parse(jsonOf(own.text));
      const state = {
        ...unsigned,
        ...unsigned.state,
        user: { ...(unsigned.state ?? unsigned).user, roles: ['admin'] },
      };
      await redis.set(`${prefix}state:${sessionIdOf(user.access)}`, JSON.stringify(state));
      expect((await verify(app, user)).status).to.equal(503);
      expect((await verify(app, admin)).headers['x-user-roles']).to.equal('admin,user');
    } finally {
      await close();
    }
  });

  it('grants nothing while Postgres accepts connections and answers nothing', async () => {
    const { app, proxy, close } = await startBehindProxy(stores(), '2s');
    try {
      const user = await logInNewUser(app);
      const { key, text } = await copyOf(app, user);
      proxy.freeze();
      await clock.advance(1_000);
      await redis.set(key, withAdminRole(text));
      expect((await verify(app, user)).status).to.equal(503);
      await redis.set(key, text);
      expect((await verify(app, user)).headers['x-user-roles']).to.equal('user');
    } finally {
      await close();
    }
  });

  describe('that is genuine, and brought back after a revocation,', () => {
    const realNow = Date.now;
    afterEach(() => {
      Date.now = realNow;
    });

    type Revoke = (app: TestApp, user: LoggedInUser, admin: LoggedInUser) => Promise<Reply>;
    const revocations: Readonly<Record<string, Revoke>> = {
      'lost the role': (app, { id }, { access }) =>
        app.ask(`PUT /api/v1/admin/users/${id}/roles`, { token: access, body: { roles: ['user'] } }),
      'been disabled': (app, { id }, { access }) =>
        app.ask(`POST /api/v1/admin/users/${id}/disable`, { token: access }),
      'logged out': (app, { access }) => app.ask('POST /api/v1/auth/logout', { token: access }),
    };

    /** The first replica has executed the revocation, the second has learned of it, the third has not. */
    async function startAfter(revoke: Revoke) {
      const { replicas, proxy, close } = await startBehindProxy(stores(), '10s', 2);
      const [first, second] = replicas as [TestApp, TestApp];
      const [user, admin] = [await logInNewAdmin(first), await logInNewAdmin(first)];
      const { key, text } = await copyOf(first, user);
      await revoke(first, user, admin);
      for (const replica of [first, second]) {
        await until(async () => (await verify(replica, user)).headers['x-user-roles'] !== 'admin,user');
      }
      const third = await startApp(first.stores);
      proxy.close();
      await clock.advance(1_000);
      const keys = [`*user-version:${user.id}`, `*ended:${sessionIdOf(user.access)}`];
      const found = (await Promise.all(keys.map((pattern) => keysOfRedis.find(pattern)))).flat();
      expect(found).not.to.deep.equal([]);
      await Promise.all(found.map((each) => redis.del(each)));
      await redis.set(key, text);
      const closeAll = () => Promise.all([third.close(), close()]);
      return { user, knowing: [first, second], third, closeAll };
    }

    for (const [title, revoke] of Object.entries(revocations)) {
      it(`grants nothing to who has ${title} where that is known, and elsewhere nothing after its five minutes`, async () => {
        const { user, knowing, third, closeAll } = await startAfter(revoke);
        try {
          for (const replica of knowing) {
            expect((await verify(replica, user)).status).to.be.oneOf([401, 503]);
          }
          // docs/security.md says so of a replica that has not served this user since the revocation.
          expect((await verify(third, user)).headers['x-user-roles']).to.equal('admin,user');
          Date.now = () => realNow() + 300_000;
          expect((await verify(third, user)).status).to.equal(503);
          expect(await refusals(third, 'bad_time')).to.equal(1);
        } finally {
          await closeAll();
        }
      });
    }
  });
});
