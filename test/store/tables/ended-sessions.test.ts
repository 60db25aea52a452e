import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { onEmptyTable } from '../../support/empty-table.ts';
import { addSession, addUser } from '../../support/rows.ts';
import { onEachStore } from '../../support/stores.ts';

const day = 86_400_000;

onEachStore('session store, for sessions of all users', (stores) => {
  const store = () => createStore(stores().database);

  it('ends the active sessions of all users in batches, except those opened later', async () => {
    const users = [await addUser(store()), await addUser(store())];
    await onEmptyTable(stores(), 'sessions', async (tables) => {
      for (const { id } of [...users, ...users]) await addSession(tables, id);
      const over = await addSession(tables, users[0]?.id ?? '', { idleTtlMs: -1_000 });
      expect(await tables.sessions.endBatch('signing_key_revoked', 60_000, 10)).to.deep.equal([]);
      // Less than no time ago, because the time of the database stands still here.
      const batches = [3, 3, 3].map(
        (limit) => () => tables.sessions.endBatch('signing_key_revoked', -1, limit),
      );
      const ended: string[][] = [];
      for (const batch of batches) ended.push(await batch());
      expect(ended.map(({ length }) => length)).to.deep.equal([3, 1, 0]);
      expect(new Set(ended.flat()).size).to.equal(4);
      expect(ended.flat()).to.not.include(over.id);
      const session = await tables.sessions.find(ended.flat()[0] ?? '');
      expect(session).to.include({ isActive: false, endCause: 'signing_key_revoked' });
    });
  });

  it('deletes only sessions that were over a day ago', async () => {
    const open = async (fields?: Parameters<typeof addSession>[2]) =>
      addSession(store(), (await addUser(store())).id, fields);
    const old = await open({ idleTtlMs: -2 * day, maxAgeMs: 0 });
    const fresh = await open({ idleTtlMs: -1_000, maxAgeMs: 0 });
    const live = await open();
    expect(await store().sessions.deleteExpired(1_000)).to.be.at.least(1);
    expect(await store().sessions.find(old.id)).to.equal(null);
    expect(await store().sessions.find(fresh.id)).not.to.equal(null);
    expect(await store().sessions.find(live.id)).to.include({ isActive: true });
  });

  it('deletes at most the given number of sessions', async () => {
    const user = await addUser(store());
    await onEmptyTable(stores(), 'sessions', async ({ sessions, users }) => {
      for (let count = 0; count < 3; count += 1) {
        await addSession({ sessions, users }, user.id, { idleTtlMs: -2 * day, maxAgeMs: 0 });
      }
      expect(await sessions.deleteExpired(2)).to.equal(2);
      expect(await sessions.deleteExpired(2)).to.equal(1);
    });
  });
});
