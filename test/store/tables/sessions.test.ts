import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { onEmptyTable } from '../../support/empty-table.ts';
import { addSession, addUser } from '../../support/rows.ts';
import { onEachStore } from '../../support/stores.ts';

const day = 86_400_000;

onEachStore('session store', (stores) => {
  const store = () => createStore(stores().database);

  async function open(fields?: Parameters<typeof addSession>[2]) {
    const user = await addUser(store());
    return { user, session: await addSession(store(), user.id, fields) };
  }

  const rotation = (session: { id: string; tokenHash: Buffer }, counter = 2) => ({
    id: session.id,
    oldHash: session.tokenHash,
    previousHash: session.tokenHash,
    newHash: randomBytes(32),
    sealedSuccessor: randomBytes(60),
    counter,
    idleTtlMs: day,
    ip: '198.51.100.1',
    userAgent: 'another browser',
  });

  it('finds a session with all fields that a refresh needs', async () => {
    const { user, session } = await open();
    const row = await store().sessions.find(session.id);
    expect(row).to.deep.include({
      id: session.id,
      userId: user.id,
      macKey: session.macKey,
      tokenHash: session.tokenHash,
      previousHash: null,
      sealedSuccessor: null,
      counter: 1,
      msSinceRotation: null,
      isActive: true,
      ip: session.ip,
      userAgent: session.userAgent,
      isClientCurrent: false,
    });
    expect(row?.account).to.deep.equal(await store().users.findById(user.id));
    expect(await store().sessions.find(randomUUID())).to.equal(null);
  });

  it('finds the session of a deleted account without the account', async () => {
    const { user, session } = await open();
    await store().users.softDelete(user.id);
    expect(await store().sessions.find(session.id)).to.include({ isActive: true, account: null });
  });

  it('stores the previous hash and the sealed successor at a rotation', async () => {
    const { session } = await open();
    const next = rotation(session);
    expect(await store().sessions.rotate(next)).to.equal(true);
    const row = await store().sessions.find(session.id);
    expect(row).to.deep.include({
      tokenHash: next.newHash,
      previousHash: session.tokenHash,
      sealedSuccessor: next.sealedSuccessor,
      counter: 2,
      ip: '198.51.100.1',
      userAgent: 'another browser',
      isClientCurrent: true,
    });
    expect(row?.msSinceRotation).to.be.within(0, 60_000);
  });

  it('rotates for exactly one of many simultaneous calls with the same token', async () => {
    const { session } = await open();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => store().sessions.rotate(rotation(session))),
    );
    expect(results.filter(Boolean)).to.have.lengthOf(1);
  });

  it('does not rotate with a hash that is not the newest', async () => {
    const { session } = await open();
    expect(await store().sessions.rotate({ ...rotation(session), oldHash: randomBytes(32) })).to.equal(false);
  });

  it('does not rotate a session that has ended', async () => {
    const { session } = await open();
    await store().sessions.end(session.id, null, 'logout');
    expect(await store().sessions.rotate(rotation(session))).to.equal(false);
  });

  it('treats a session as over after its idle time', async () => {
    const { user, session } = await open({ idleTtlMs: -1_000 });
    expect(await store().sessions.find(session.id)).to.include({ isActive: false });
    expect(await store().sessions.findActive(session.id)).to.equal(null);
    expect(await store().sessions.rotate(rotation(session))).to.equal(false);
    expect(await store().sessions.listActive(user.id)).to.deep.equal([]);
    expect(await store().sessions.end(session.id, null, 'logout')).to.equal(null);
  });

  it('never extends the idle time beyond the maximum age, at the start and by a rotation', async () => {
    const { session } = await open({ idleTtlMs: 9 * day, maxAgeMs: 2 * day });
    const before = await store().sessions.find(session.id);
    expect(before?.idleExpiresAt).to.deep.equal(before?.expiresAt);
    await store().sessions.rotate({ ...rotation(session), idleTtlMs: 9 * day });
    const after = await store().sessions.find(session.id);
    expect(after?.idleExpiresAt).to.deep.equal(before?.expiresAt);
  });

  it('finds an active session with its user', async () => {
    const { user, session } = await open();
    const state = await store().sessions.findActive(session.id);
    expect(state).to.deep.include({ sessionId: session.id, user, disabled: false, version: 1 });
    await store().users.setDisabled(user.id, true);
    expect(await store().sessions.findActive(session.id)).to.include({ disabled: true, version: 2 });
  });

  it('finds no active session after its end or the deletion of its account', async () => {
    const ended = await open();
    await store().sessions.end(ended.session.id, null, 'logout');
    expect(await store().sessions.findActive(ended.session.id)).to.equal(null);
    const deleted = await open();
    await store().users.softDelete(deleted.user.id);
    expect(await store().sessions.findActive(deleted.session.id)).to.equal(null);
  });

  it('ends a session once, and returns the id of its user', async () => {
    const { user, session } = await open();
    expect(await store().sessions.end(session.id, null, 'logout')).to.equal(user.id);
    expect(await store().sessions.end(session.id, null, 'logout')).to.equal(null);
    expect(await store().sessions.find(session.id)).to.include({ isActive: false, endCause: 'logout' });
  });

  it('does not end a session of another user', async () => {
    const { session } = await open();
    expect(await store().sessions.end(session.id, randomUUID(), 'logout')).to.equal(null);
    expect(await store().sessions.find(session.id)).to.include({ isActive: true });
  });

  it('ends all active sessions of a user except one', async () => {
    const { user, session } = await open();
    const others = [await addSession(store(), user.id), await addSession(store(), user.id)];
    const ended = await store().sessions.endAll(user.id, 'password_changed', session.id);
    expect([...ended].sort()).to.deep.equal(others.map(({ id }) => id).sort());
    expect((await store().sessions.listActive(user.id)).map(({ id }) => id)).to.deep.equal([session.id]);
    expect(await store().sessions.endAll(user.id, 'logout_all')).to.deep.equal([session.id]);
  });

  it('lists only the fields that a user may see', async () => {
    const { user, session } = await open();
    const [listed] = await store().sessions.listActive(user.id);
    expect(listed).to.have.all.keys('id', 'ip', 'userAgent', 'createdAt', 'lastSeenAt');
    expect(listed).to.include({ id: session.id, ip: session.ip, userAgent: session.userAgent });
  });

  it('counts active sessions, and no session that has just ended', async () => {
    const user = await addUser(store());
    // The time of an end has microseconds and its column milliseconds, so one run could succeed by chance.
    for (let run = 0; run < 5; run += 1) {
      await onEmptyTable(stores(), 'sessions', async ({ sessions, users }) => {
        expect(await sessions.countActive()).to.equal(0);
        const session = await addSession({ sessions, users }, user.id);
        await addSession({ sessions, users }, user.id, { idleTtlMs: -1_000 });
        expect(await sessions.countActive()).to.equal(1);
        await sessions.end(session.id, null, 'logout');
        expect(await sessions.countActive()).to.equal(0);
      });
    }
  });

  it('does not count a session in the millisecond of its end', async () => {
    const user = await addUser(store());
    // Each transaction stands still at another microsecond. Postgres rounds times up in half of them.
    for (let round = 0; round < 20; round += 1) {
      await onEmptyTable(stores(), 'sessions', async ({ sessions, users }) => {
        const [one] = [
          await addSession({ sessions, users }, user.id),
          await addSession({ sessions, users }, user.id),
        ];
        await sessions.end(one.id, null, 'logout');
        expect(await sessions.countActive()).to.equal(1);
        await sessions.endAll(user.id, 'logout_all');
        expect(await sessions.countActive()).to.equal(0);
      });
    }
  });
});
