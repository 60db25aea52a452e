import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createPersonalData } from '../../../app/features/accounts/personal-data.ts';
import { createStore } from '../../../app/store/store.ts';
import { addSession, addUser, codeOf } from '../../support/rows.ts';
import { onEachStore } from '../../support/stores.ts';

onEachStore('the export of personal data', (stores) => {
  const store = () => createStore(stores().database);
  const open = () => createPersonalData({ store: store(), replica: store() });

  async function addUsers(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) ids.push((await addUser(store())).id);
    return ids;
  }

  const outcome = (exporting: Promise<unknown>) => exporting.then(() => 'exported', codeOf);

  it('holds every row, however many pages they fill', async () => {
    const [userId = ''] = await addUsers(1);
    const attempt = {
      userId,
      outcome: 'success',
      reason: null,
      ip: null,
      userAgent: null,
      sessionId: null,
    } as const;
    const addRows = async (): Promise<void> => {
      await store().loginHistories.insert({ id: randomUUID(), ...attempt });
      await addSession(store(), userId);
    };
    for (let count = 0; count < 501; count += 3) await Promise.all([addRows(), addRows(), addRows()]);
    const held = await open().export(userId);
    expect(new Set(held.loginHistory.map(({ id }) => id))).to.have.property('size', 501);
    expect(new Set(held.sessions.map(({ id }) => id))).to.have.property('size', 501);
  });

  it('is one at a time for a user: another is refused with a time to come back, and may come then', async () => {
    const [userId = ''] = await addUsers(1);
    const personalData = open();
    const first = personalData.export(userId);
    const refused = await personalData.export(userId).catch((error: unknown) => error);
    expect(refused).to.include({ code: 'service_unavailable', retryAfter: 5 });
    await first;
    expect(await outcome(personalData.export(userId))).to.equal('exported');
  });

  it('is for two users of a process at once', async () => {
    const users = await addUsers(3);
    const personalData = open();
    const all = await Promise.all(users.map((userId) => outcome(personalData.export(userId))));
    expect(all).to.deep.equal(['exported', 'exported', 'service_unavailable']);
  });

  it('leaves its place when it fails', async () => {
    const personalData = open();
    for (const userId of [randomUUID(), randomUUID(), randomUUID()]) {
      expect(await outcome(personalData.export(userId))).to.equal('unauthorized');
    }
    const [userId = ''] = await addUsers(1);
    expect(await outcome(personalData.export(userId))).to.equal('exported');
  });
});
