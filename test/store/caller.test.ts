import { expect } from 'chai';
import { createCaller } from '../../app/store/caller.ts';
import { createStore, type SystemStore } from '../../app/store/store.ts';
import { addSession, addUser, callerOf, codeOf } from '../support/rows.ts';
import { openStatements } from '../support/run-statement.ts';
import { onEachStore, onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';

/** What takes the permission of an administrator away, and what a change by this administrator is answered afterwards. */
type Revocation = [
  title: string,
  revoke: (tx: Revoking, userId: string, sessionId: string) => Promise<unknown>,
];
type Revoking = Pick<SystemStore, 'users' | 'sessions' | 'roles'>;

const sessionEnds: readonly Revocation[] = [
  ['is disabled', (tx, userId) => tx.users.setDisabled(userId, true)],
  ['is deleted', (tx, userId) => tx.users.softDelete(userId)],
  ['logs out', (tx, userId, sessionId) => tx.sessions.end(sessionId, userId, 'logout')],
  ['loses all sessions', (tx, userId) => tx.sessions.endAll(userId, 'password_changed')],
];
const roleEnds: Revocation = ['loses the role', (tx, userId) => tx.roles.replaceForUser(userId, ['user'])];

async function addAdmin(store: SystemStore) {
  const user = await addUser(store);
  await store.roles.grant(user.id, 'admin');
  const { id: sessionId } = await addSession(store, user.id);
  return { user, sessionId, caller: await callerOf(store, sessionId, 'admin') };
}

onEachStore('A change on behalf of a caller', (stores) => {
  const store = () => createStore(stores().database);
  const rename = async (caller: Awaited<ReturnType<typeof callerOf>>) => {
    const target = await addUser(store());
    const changing = store().changeAs(caller, (tx) => tx.users.setDisabled(target.id, true));
    const code = await changing.then(() => 'committed', codeOf);
    return [code, (await store().users.findById(target.id))?.disabledAt !== null] as const;
  };

  it('is committed while the user is active, the session alive and the role granted', async () => {
    const { caller } = await addAdmin(store());
    expect(await rename(caller)).to.deep.equal(['committed', true]);
  });

  for (const [title, revoke] of sessionEnds) {
    it(`is refused with unauthorized, and changes nothing, after the caller ${title}`, async () => {
      const { user, sessionId, caller } = await addAdmin(store());
      await revoke(store(), user.id, sessionId);
      expect(await rename(caller)).to.deep.equal(['unauthorized', false]);
      const plain = await addUser(store());
      const own = await addSession(store(), plain.id);
      const asUser = await callerOf(store(), own.id);
      await revoke(store(), plain.id, own.id);
      expect(await rename(asUser)).to.deep.equal(['unauthorized', false]);
    });
  }

  it('is refused with forbidden, and changes nothing, after the caller loses the role', async () => {
    const { user, sessionId, caller } = await addAdmin(store());
    await roleEnds[1](store(), user.id, sessionId);
    expect(await rename(caller)).to.deep.equal(['forbidden', false]);
    expect(await rename(await callerOf(store(), sessionId))).to.deep.equal(['committed', true]);
  });

  it('is refused with unauthorized after the session has expired, whatever the caller knew of it', async () => {
    const user = await addUser(store());
    const { id } = await addSession(store(), user.id);
    const caller = await callerOf(store(), id);
    const expired = await addSession(store(), user.id, { idleTtlMs: -1 });
    expect(await rename({ ...caller, sessionId: expired.id })).to.deep.equal(['unauthorized', false]);
  });

  it('is refused with unauthorized for the session of another user', async () => {
    const [mine, other] = [await addAdmin(store()), await addAdmin(store())];
    const mixed = { ...mine.caller, sessionId: other.sessionId };
    expect(await rename(mixed)).to.deep.equal(['unauthorized', false]);
  });

  it('is not begun for a caller who lacks the role', async () => {
    const user = await addUser(store());
    const { id } = await addSession(store(), user.id);
    const session = await store().sessions.findActive(id);
    expect(() => session && createCaller(session, 'admin'))
      .to.throw()
      .with.property('code', 'forbidden');
  });
});

onRealStore('A change during the revocation of its caller', (stores) => {
  const store = () => createStore(stores().database);
  let statements: ReturnType<typeof openStatements>;
  before(() => {
    statements = openStatements(stores());
  });
  after(() => statements.close());

  /** Whether a statement that contains the text waits for a lock in this database. */
  async function isWaiting(text: string): Promise<boolean> {
    const rows = await statements.run(
      `select 1 from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and position($1 in query) > 0`,
      [text],
    );
    return rows.length > 0;
  }

  for (const [title, revoke] of [...sessionEnds, roleEnds]) {
    it(`waits for its end, and is refused because the caller ${title}`, async () => {
      const { user, sessionId, caller } = await addAdmin(store());
      const target = await addUser(store());
      let change: Promise<string> = Promise.resolve('');
      await store().transaction(async (tx) => {
        await revoke(tx, user.id, sessionId);
        change = store()
          .changeAs(caller, (other) => other.users.softDelete(target.id))
          .then(() => 'committed', codeOf);
        await until(() => isWaiting('for no key update of u, s'));
      });
      expect(await change).to.equal(title === roleEnds[0] ? 'forbidden' : 'unauthorized');
      expect(await store().users.findById(target.id)).to.include({ id: target.id });
    });

    it(`is committed before the caller ${title}, if it was first`, async () => {
      const { user, sessionId, caller } = await addAdmin(store());
      const order: string[] = [];
      let revocation: Promise<unknown> = Promise.resolve();
      await store().changeAs(caller, async () => {
        revocation = store()
          .transaction((tx) => revoke(tx, user.id, sessionId))
          .then(() => order.push('revoked'));
        await until(() => isWaiting('update'));
        order.push('changed');
      });
      await revocation;
      expect(order).to.deep.equal(['changed', 'revoked']);
    });
  }
});
