import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { revokeKey } from '../../../app/commands/signing-keys/revoked-keys.ts';
import { createSessionStates } from '../../../app/features/sessions/session-states.ts';
import { createRevokedKeyReader } from '../../../app/jobs/read-revoked-keys.ts';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Faults, withFaults } from '../../support/faults.ts';
import { kidOf, type PemPair, pemPair, useSigningKeys } from '../../support/keys.ts';
import { onRealStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { isAccepted, logIn, logInNewUser } from '../../support/users.ts';

let pairs = 0;
/** No other test has revoked it. */
function newPair(): PemPair {
  pairs += 1;
  return pemPair(`leaked ${pairs}`, 'EdDSA');
}

onRealStore('A revoked signing key', (stores) => {
  const { keyFiles } = useSigningKeys();
  const apps: TestApp[] = [];
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  /** A replica with key files of its own, and its regular reads of files and of the database. */
  async function startReplica(pair: PemPair) {
    const { env, writePair, further } = keyFiles(pair);
    const { stores: faulty, faults } = withFaults(stores());
    const app = await startApp(faulty, env);
    apps.push(app);
    const store = createStore(faulty.database);
    const readRevoked = createRevokedKeyReader({ store, keys: app.keys, log: silentLog });
    return {
      app,
      faults,
      readRevoked,
      publish: (name: string, { publicPem }: PemPair) =>
        writeFileSync(join(further, `${name}.pem`), publicPem),
      async rotateTo(next: PemPair) {
        writePair(next);
        await app.keys.reload();
      },
    };
  }

  async function startReplicas(pair: PemPair) {
    return [await startReplica(pair), await startReplica(pair)] as const;
  }

  /** What `auth-service keys revoke` does, on a machine with the key files of the first replica. */
  async function revoke({ app }: { app: TestApp }, kid: string, options = {}): Promise<void> {
    const store = createStore(stores().database);
    const secret = await store.serviceSecrets.get('session-states', randomBytes(32));
    const states = await createSessionStates({
      ...{ store, redis: stores().redis, log: silentLog, secret: () => secret },
      onRefusedCopy: () => undefined,
    });
    const wait = async () => undefined;
    await revokeKey({ store, states, keys: app.keys, write: () => undefined, wait }, kid, options);
  }

  const published = async (app: TestApp): Promise<string[]> =>
    (await app.ask('GET /.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);

  for (const outage of ['none', 'redis'] as const) {
    it(`is refused by both replicas after their next read${outage === 'redis' ? ', while Redis is away' : ''}`, async () => {
      const [old, next] = [newPair(), newPair()];
      const replicas = await startReplicas(old);
      const [one, two] = replicas;
      const user = await logInNewUser(one.app);
      for (const replica of replicas) {
        replica.publish('old', old);
        await replica.rotateTo(next);
      }
      const fresh = await logIn(two.app, user);
      const kid = await kidOf(old);
      for (const { app } of replicas) {
        expect(await isAccepted(app, user.access)).to.equal(true);
        expect(await published(app)).to.include(kid);
      }
      const setFaults = (change: Partial<Faults>) => {
        for (const { faults } of replicas) Object.assign(faults, change);
      };
      setFaults({ redis: outage === 'redis' });
      await revoke(one, kid);
      for (const { app, readRevoked } of replicas) {
        await readRevoked();
        expect(await isAccepted(app, user.access)).to.equal(false);
        expect(await isAccepted(app, fresh.access)).to.equal(true);
        expect(await published(app)).to.deep.equal([await kidOf(next)]);
      }
      const { status } = await one.app.ask('POST /api/v1/auth/refresh', {
        body: { refresh_token: user.refresh },
      });
      expect(status, 'sessions survive without --end-sessions').to.equal(200);
    });
  }

  it('stays refused while Postgres is away', async () => {
    const [old, next] = [newPair(), newPair()];
    const replica = await startReplica(old);
    const { access } = await logInNewUser(replica.app);
    await replica.rotateTo(next);
    await revoke(replica, await kidOf(old));
    await replica.readRevoked();
    replica.faults.postgres = true;
    await replica.readRevoked();
    const { status } = await replica.app.ask('GET /api/v1/users/me', { token: access });
    expect(status).to.equal(401);
  });

  it('takes the sessions of all users with it on demand', async () => {
    const [old, next] = [newPair(), newPair()];
    const [one, two] = await startReplicas(old);
    const user = await logInNewUser(one.app);
    for (const replica of [one, two]) await replica.rotateTo(next);
    const fresh = await logIn(two.app, user);
    expect(await isAccepted(one.app, fresh.access)).to.equal(true);
    await revoke(one, await kidOf(old), { endsSessions: true });
    // The session of the new key too: the old key could have signed a token of it.
    for (const { app } of [one, two]) {
      // The message of the other replica may still be in flight.
      await until(async () => !(await isAccepted(app, fresh.access)));
      for (const refresh of [user.refresh, fresh.refresh]) {
        const reply = await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: refresh } });
        expect(reply.body.code).to.equal('invalid_refresh_token');
      }
    }
    expect(await isAccepted(two.app, (await logIn(two.app, user)).access)).to.equal(true);
  });

  it('signs nothing, makes the replica unready, and spends no refresh token, until another key is there', async () => {
    const [old, next] = [newPair(), newPair()];
    const replica = await startReplica(old);
    const { app } = replica;
    const user = await logInNewUser(app);
    await revoke(replica, await kidOf(old), { isForced: true });
    await replica.readRevoked();
    const refresh = () => app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    for (const reply of [await refresh(), await refresh()]) {
      expect([reply.status, reply.headers['retry-after']]).to.deep.equal([503, '10']);
    }
    const { email, password } = user;
    const login = await app.ask('POST /api/v1/auth/login', { body: { email, password } });
    expect(login.status).to.equal(503);
    const ready = await app.ask('GET /api/v1/health/ready');
    expect(ready.status).to.equal(503);
    expect(ready.body).to.deep.include({ status: 'not_ready' });
    expect(ready.body.checks.signing_key).to.equal('revoked');
    expect(await published(app)).to.deep.equal([]);
    await replica.rotateTo(next);
    expect((await app.ask('GET /api/v1/health/ready')).body.checks.signing_key).to.equal('usable');
    expect((await refresh()).status).to.equal(200);
  });
});
