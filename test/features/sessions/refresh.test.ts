import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { withFaults } from '../../support/faults.ts';
import { runStatement } from '../../support/run-statement.ts';
import { onOneStore } from '../../support/stores.ts';
import { isAccepted, logInNewUser } from '../../support/users.ts';

onOneStore('POST /auth/refresh', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  const refresh = (refresh_token: string) =>
    app.ask('POST /api/v1/auth/refresh', { body: { refresh_token } });
  const sessionOf = (token: string) => Buffer.from(token, 'base64url').subarray(0, 16).toString('hex');
  const counted = async (cause: string) =>
    (await app.metrics.refreshes.get()).values.find(({ labels }) => labels.cause === cause)?.value ?? 0;

  it('answers as login does, with another refresh token of the same session', async () => {
    const user = await logInNewUser(app);
    const reply = await refresh(user.refresh);
    expect(reply.status).to.equal(200);
    expect(reply.headers['cache-control']).to.equal('no-store');
    expect(reply.body.data.user.id).to.equal(user.id);
    expect(reply.body.data.refresh_token).not.to.equal(user.refresh);
    expect(sessionOf(reply.body.data.refresh_token)).to.equal(sessionOf(user.refresh));
    expect(await isAccepted(app, reply.body.data.access_token)).to.equal(true);
  });

  it('keeps one row however often it is used', async () => {
    const user = await logInNewUser(app);
    let token = user.refresh;
    for (let turn = 0; turn < 5; turn += 1) token = (await refresh(token)).body.data.refresh_token;
    expect(await createStore(app.stores.database).sessions.listActive(user.id)).to.have.length(1);
  });

  it('gives the same successor again to a client that lost the answer', async () => {
    const user = await logInNewUser(app);
    const first = await refresh(user.refresh);
    const again = await refresh(user.refresh);
    expect(again.status).to.equal(200);
    expect(again.body.data.refresh_token).to.equal(first.body.data.refresh_token);
  });

  it('leaves one living session and one successor after 50 parallel refreshes', async () => {
    const user = await logInNewUser(app);
    const replies = await Promise.all(Array.from({ length: 50 }, () => refresh(user.refresh)));
    expect(new Set(replies.map((reply) => reply.status))).to.deep.equal(new Set([200]));
    const successors = new Set(replies.map((reply) => reply.body.data.refresh_token));
    expect(successors.size).to.equal(1);
    expect((await refresh([...successors][0])).status).to.equal(200);
  });

  it('ends the session when a token older than the one before is used, and counts the cause', async () => {
    const user = await logInNewUser(app);
    const second = (await refresh(user.refresh)).body.data.refresh_token;
    const third = (await refresh(second)).body.data;
    const before = await counted('reuse_old');
    expect((await refresh(user.refresh)).status).to.equal(401);
    expect(await counted('reuse_old')).to.equal(before + 1);
    expect((await refresh(third.refresh_token)).status).to.equal(401);
    expect(await isAccepted(app, third.access_token)).to.equal(false);
  });

  /** What a failover does to a session if the new primary has not received its last refreshes. */
  async function forgetRefreshes(user: { id: string }, work: () => Promise<void>): Promise<void> {
    const columns = 'token_hash, previous_hash, sealed_successor, counter, rotated_at, client_counter';
    const copy = `before_${user.id.replaceAll('-', '')}`;
    await runStatement(
      stores(),
      `create table ${copy} as select id, ${columns} from sessions where user_id = '${user.id}'`,
    );
    await work();
    await runStatement(
      stores(),
      `update sessions s set (${columns}) = (select ${columns} from ${copy} c where c.id = s.id)
      where user_id = '${user.id}'`,
    );
    await runStatement(stores(), `drop table ${copy}`);
  }

  it('accepts the newest token after a failover that has lost its refresh', async () => {
    const user = await logInNewUser(app);
    let newest = user.refresh;
    await forgetRefreshes(user, async () => {
      for (let turn = 0; turn < 3; turn += 1) newest = (await refresh(newest)).body.data.refresh_token;
    });
    const reply = await refresh(newest);
    expect(reply.status).to.equal(200);
    expect((await refresh(reply.body.data.refresh_token)).status).to.equal(200);
  });

  it('still ends the session if two clients use it after such a failover', async () => {
    for (const isNewestFirst of [true, false]) {
      const user = await logInNewUser(app);
      let newest = user.refresh;
      await forgetRefreshes(user, async () => {
        newest = (await refresh(newest)).body.data.refresh_token;
      });
      const [first, second] = isNewestFirst ? [newest, user.refresh] : [user.refresh, newest];
      const successor = (await refresh(first)).body.data.refresh_token;
      expect((await refresh(second)).status).to.equal(401);
      expect((await refresh(successor)).status).to.equal(401);
    }
  });

  it('does not let a stranger who knows a session id provoke anything', async () => {
    const user = await logInNewUser(app);
    const forged = Buffer.from(user.refresh, 'base64url');
    forged.writeUInt32BE(0, 16);
    const reply = await refresh(forged.toString('base64url'));
    expect(reply.status).to.equal(401);
    expect((await refresh(user.refresh)).status).to.equal(200);
  });

  it('refuses every token that is not one, always in the same words', async () => {
    const user = await logInNewUser(app);
    const flipped = `${user.refresh.slice(0, -1)}${user.refresh.endsWith('A') ? 'B' : 'A'}`;
    const tokens = ['', 'x', user.access, 'A'.repeat(112), flipped, `${user.refresh}A`];
    for (const token of tokens) {
      const reply = await refresh(token);
      expect(reply.status).to.equal(401);
      expect(reply.body.code).to.equal('invalid_refresh_token');
      expect(reply.headers['www-authenticate']).to.equal('Bearer');
    }
  });

  it('refuses the token of an ended session and of a disabled user', async () => {
    const ended = await logInNewUser(app);
    await app.ask('POST /api/v1/auth/logout', { token: ended.access });
    expect((await refresh(ended.refresh)).status).to.equal(401);
    const disabled = await logInNewUser(app);
    await createStore(app.stores.database).users.setDisabled(disabled.id, true);
    expect((await refresh(disabled.refresh)).status).to.equal(401);
  });

  it('keeps nothing in the row that lets its reader in', async () => {
    const user = await logInNewUser(app);
    const reply = await refresh(user.refresh);
    const [session] = await createStore(app.stores.database).sessions.listActive(user.id);
    const row = await createStore(app.stores.database).sessions.find(session?.id ?? '');
    const held = JSON.stringify(row, (_key, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('base64url') : value,
    );
    const newest = Buffer.from(reply.body.data.refresh_token, 'base64url');
    expect(held).not.to.contain(reply.body.data.refresh_token);
    expect(held).not.to.contain(newest.subarray(20, 52).toString('base64url'));
  });

  it('ends the session when the token before the newest comes after the grace, and counts the cause', async () => {
    const { stores: faulty, faults } = withFaults(stores());
    const late = await startApp(faulty);
    try {
      const user = await logInNewUser(late);
      const body = { refresh_token: user.refresh };
      const next = (await late.ask('POST /api/v1/auth/refresh', { body })).body.data;
      faults.clockAhead = 10_001;
      expect((await late.ask('POST /api/v1/auth/refresh', { body })).status).to.equal(401);
      const causes = (await late.metrics.refreshes.get()).values.map(({ labels }) => labels.cause);
      expect(causes).to.include('reuse_late');
      expect(await isAccepted(late, next.access_token)).to.equal(false);
    } finally {
      await late.close();
    }
  });
});
