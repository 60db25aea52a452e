import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { createDeviceTokens } from '../../../app/features/devices/device-tokens.ts';
import { createLogin } from '../../../app/features/login/login.ts';
import { createChangePassword } from '../../../app/features/passwords/password-change.ts';
import { createConfirmPassword } from '../../../app/features/passwords/password-confirmation.ts';
import {
  createPasswordHasher,
  type PasswordHasher,
} from '../../../app/features/passwords/password-hasher.ts';
import type { SessionStates } from '../../../app/features/sessions/session-states.ts';
import { createSessions } from '../../../app/features/sessions/sessions.ts';
import { createLoginThrottle } from '../../../app/features/throttling/login-throttle.ts';
import { createAccessTokens } from '../../../app/features/tokens/access-token.ts';
import { noTracing } from '../../../app/observe/tracing.ts';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { recordingLog } from '../../support/keys.ts';
import { addSession, callerOf, codeOf } from '../../support/rows.ts';
import { onOneStore } from '../../support/stores.ts';
import { type RegisteredUser, registerUser } from '../../support/users.ts';

const client = { ip: '192.0.2.1', network: '192.0.2.1', userAgent: null, requestId: '' };

onOneStore('While the hash queue is full', (stores) => {
  let app: TestApp;
  let stronger: PasswordHasher;
  before(async () => {
    app = await startApp(stores());
    stronger = await createPasswordHasher(
      { ...app.config, hashing: { ...app.config.hashing, time: 2 } },
      app.metrics,
      noTracing,
    );
  });
  after(() => app.close());

  /** Logins and accounts behind a hasher that is overloaded as `full` says, and wants stronger hashes than there are. */
  function createServices(full: { verify: boolean; hash: boolean }) {
    const orFull = <T>(isFull: boolean, work: () => Promise<T>): Promise<T> =>
      isFull ? Promise.reject(new AppError('overloaded', { retryAfter: 1 })) : work();
    const hasher: PasswordHasher = {
      ...stronger,
      hash: (password) => orFull(full.hash, () => stronger.hash(password)),
      verify: (stored, password) => orFull(full.verify, () => stronger.verify(stored, password)),
    };
    const { keys, metrics, config } = app;
    const store = createStore(stores().database);
    const tokens = createAccessTokens({ keys, jwt: config.jwt, ttlMs: config.sessions.accessTokenTtl });
    // Only told of changes, which nobody here waits for.
    const states = { sessionsEnded: async () => undefined } as unknown as SessionStates;
    const sessions = createSessions({
      store,
      states,
      tokens,
      redis: stores().redis,
      lifetimes: config.sessions,
      onRefresh: () => undefined,
    });
    const throttle = createLoginThrottle({
      redis: stores().redis,
      secret: randomBytes(32),
      enabled: true,
      scale: 1,
      onRefuse: () => undefined,
      onLockout: () => undefined,
    });
    const { log, lines } = recordingLog();
    const devices = createDeviceTokens(randomBytes(32));
    const login = createLogin({ store, sessions, devices, hasher, throttle, metrics, log });
    const confirmPassword = createConfirmPassword({ store, hasher, throttle });
    const changePassword = createChangePassword({
      store,
      states,
      hasher,
      checkPassword: async () => undefined,
      confirmPassword,
      devices,
    });
    const enter = ({ email, password }: RegisteredUser, deviceToken: string | null = null) =>
      login({ email, password, deviceToken, accountRef: 'reference' }, client, 'clean');
    const hashOf = async ({ id }: RegisteredUser) => (await store.users.findById(id))?.passwordHash;
    return { enter, changePassword, hashOf, lines, store };
  }

  it('no login that was turned away costs an attempt, from a known device or not', async () => {
    const user = await registerUser(app);
    const full = { verify: false, hash: false };
    const { enter } = createServices(full);
    const { deviceToken } = await enter(user);
    for (const token of [null, deviceToken]) {
      full.verify = true;
      for (let n = 0; n < 12; n += 1) expect(await enter(user, token).catch(codeOf)).to.equal('overloaded');
      full.verify = false;
      expect(await enter(user, token)).to.have.property('tokens');
    }
  });

  it('no confirmation that was turned away costs one', async () => {
    const user = await registerUser(app);
    const full = { verify: true, hash: false };
    const { changePassword, store } = createServices(full);
    const caller = await callerOf(store, (await addSession(store, user.id)).id);
    const change = () =>
      changePassword(caller, { current: user.password, next: `new ${user.password}` }, client);
    for (let n = 0; n < 12; n += 1) expect(await change().catch(codeOf)).to.equal('overloaded');
    full.verify = false;
    expect(await change()).to.be.a('string');
  });

  it('a right password opens a session although it cannot be hashed anew, which the next login does', async () => {
    const user = await registerUser(app);
    const full = { verify: false, hash: true };
    const { enter, hashOf, lines } = createServices(full);
    const original = await hashOf(user);
    for (let n = 0; n < 12; n += 1) expect(await enter(user)).to.have.property('tokens');
    expect(await hashOf(user)).to.equal(original);
    const postponed = lines.filter(({ level }) => level === 'warn');
    expect(postponed.map(({ event }) => event)).to.deep.equal(Array(12).fill('rehash_postponed'));
    full.hash = false;
    await enter(user);
    expect(await hashOf(user)).to.contain(',t=2,');
  });
});
