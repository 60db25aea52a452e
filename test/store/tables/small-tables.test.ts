import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import type { AuditRecord } from '../../../app/store/tables/audit-log.ts';
import { addUser, auditEntry } from '../../support/rows.ts';
import { onEachStore } from '../../support/stores.ts';

const hour = 3_600_000;

onEachStore('password reset store', (stores) => {
  const store = () => createStore(stores().database);

  async function put(userId: string, ttlMs = hour): Promise<Buffer> {
    const tokenHash = randomBytes(32);
    await store().passwordResets.put({ userId, tokenHash, ttlMs, createdBy: null });
    return tokenHash;
  }

  it('lets one of many simultaneous calls consume a token', async () => {
    const user = await addUser(store());
    const token = await put(user.id);
    expect(await store().passwordResets.find(token)).to.deep.equal({ userId: user.id, createdBy: null });
    const results = await Promise.all(
      Array.from({ length: 10 }, () => store().passwordResets.consume(token)),
    );
    expect(results.filter((result) => result === user.id)).to.have.lengthOf(1);
    expect(await store().passwordResets.find(token)).to.equal(null);
  });

  it('keeps only the newest token of a user', async () => {
    const user = await addUser(store());
    const [first, second] = [await put(user.id), await put(user.id)];
    expect(await store().passwordResets.consume(first)).to.equal(null);
    expect(await store().passwordResets.consume(second)).to.equal(user.id);
  });

  it('returns when a token expires, and does not find it afterwards', async () => {
    const user = await addUser(store());
    const tokenHash = randomBytes(32);
    const expires = await store().passwordResets.put({
      userId: user.id,
      tokenHash,
      ttlMs: -1,
      createdBy: user.id,
    });
    expect(expires).to.be.instanceOf(Date);
    expect(await store().passwordResets.find(tokenHash)).to.equal(null);
    expect(await store().passwordResets.consume(tokenHash)).to.equal(null);
    expect(await store().passwordResets.deleteExpired()).to.be.at.least(1);
  });
});

onEachStore('login history store', (stores) => {
  const store = () => createStore(stores().database);

  const attempt = (userId: string | null) => ({
    id: randomUUID(),
    userId,
    outcome: 'failure' as const,
    reason: 'wrong_password',
    ip: '192.0.2.1',
    userAgent: 'a browser',
    sessionId: null,
  });

  it("lists a user's attempts newest first, page by page, each once", async () => {
    const user = await addUser(store());
    const attempts = Array.from({ length: 5 }, () => attempt(user.id));
    for (const each of attempts) await store().loginHistories.insert(each);
    const first = await store().loginHistories.listForUser({ userId: user.id, limit: 3 });
    if (!first.next) throw new Error('there is a next page');
    const second = await store().loginHistories.listForUser({ userId: user.id, limit: 3, after: first.next });
    const listed = [...first.items, ...second.items];
    expect(listed.map(({ id }) => id).sort()).to.deep.equal(attempts.map(({ id }) => id).sort());
    const times = listed.map(({ occurredAt }) => occurredAt.getTime());
    expect(times).to.deep.equal([...times].sort((a, b) => b - a));
    expect(second.next).to.equal(null);
    expect(first.items[0]).to.include({ outcome: 'failure', reason: 'wrong_password', userId: user.id });
  });

  it('lists the attempts of all users, and those without a user', async () => {
    const unknown = attempt(null);
    await store().loginHistories.insert(unknown);
    const { items } = await store().loginHistories.list({ limit: 100 });
    expect(items.map(({ id }) => id)).to.include(unknown.id);
  });

  it('creates the coming partitions once, also for two simultaneous calls', async () => {
    await store().loginHistories.createPartitions(12);
    const made = await Promise.all([14, 14].map((months) => store().loginHistories.createPartitions(months)));
    // Three at the turn of a month.
    expect([...made].sort()).to.be.deep.oneOf([
      [0, 2],
      [0, 3],
    ]);
    expect(await store().loginHistories.createPartitions(14)).to.equal(0);
  });

  it('drops no partition of a month to be kept', async () => {
    expect(await store().loginHistories.dropPartitions(1)).to.deep.equal([]);
  });
});

onEachStore('audit store', (stores) => {
  const store = () => createStore(stores().database);

  it('lists what a user did and what others did to the user, each entry once', async () => {
    const [actor, target] = [await addUser(store()), await addUser(store())];
    const done = auditEntry({
      ...{ actorId: actor.id, action: 'user.disable', targetId: target.id, outcome: 'refused' as const },
      ...{ oldValues: { roles: ['user'] }, newValues: { roles: [] }, detail: { reason: 'x' } },
      ...{ ip: '192.0.2.7', requestId: 'r-1' },
    });
    await store().auditLog.insert(done);
    const own = { actorId: target.id, action: 'user.rename', targetId: target.id };
    await store().auditLog.insert(auditEntry(own));
    const actions = async (id: string) =>
      (await store().auditLog.listForUser({ userId: id, limit: 10 })).items
        .map(({ action }) => action)
        .sort();
    expect(await actions(actor.id)).to.deep.equal(['user.disable']);
    expect(await actions(target.id)).to.deep.equal(['user.disable', 'user.rename']);
    const [record] = (await store().auditLog.listForUser({ userId: actor.id, limit: 1 })).items;
    if (!record) throw new Error('one row');
    const { id, occurredAt, ...columns } = record;
    expect(columns).to.deep.equal(done);
    expect(id).to.match(/^\d+$/);
    expect(occurredAt).to.be.instanceOf(Date);
  });

  it('lists every entry once, newest first, page by page, also those of one transaction', async () => {
    const [user, other] = [await addUser(store()), await addUser(store())];
    const ways = [
      [user.id, user.id],
      [user.id, other.id],
      [other.id, user.id],
    ] as const;
    // Entries of one transaction have the same time.
    for (const transaction of ['a', 'b'])
      await store().transaction(async (tx) => {
        for (const [number, [actorId, targetId]] of ways.entries()) {
          const action = `${transaction}${number}`;
          await tx.auditLog.insert(auditEntry({ actorId, action, targetId }));
        }
      });
    const actions: string[] = [];
    let after: Pick<AuditRecord, 'occurredAt' | 'id'> | null = null;
    do {
      const page = await store().auditLog.listForUser({ userId: user.id, limit: 2, ...(after && { after }) });
      expect(page.items.length).to.equal(2);
      actions.push(...page.items.map(({ action }) => action));
      after = page.next;
    } while (after);
    expect(actions).to.deep.equal(['b2', 'b1', 'b0', 'a2', 'a1', 'a0']);
  });
});

onEachStore('service secret store', (stores) => {
  const store = () => createStore(stores().database);

  it('gives simultaneous callers the same secret', async () => {
    const name = randomUUID();
    const ask = () => store().serviceSecrets.get(name, randomBytes(32));
    const secrets = await Promise.all(Array.from({ length: 10 }, ask));
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).to.equal(1);
  });
});

onEachStore('store', (stores) => {
  const store = () => createStore(stores().database);

  it('rolls a whole transaction back when its work throws', async () => {
    let id = '';
    const work = store().transaction(async (within) => {
      id = (await addUser(within)).id;
      throw new Error('changed my mind');
    });
    expect(await work.catch((error: Error) => error.message)).to.equal('changed my mind');
    expect(await store().users.findById(id)).to.equal(null);
  });

  it('does not report a commit after a failed statement', async () => {
    const user = await addUser(store());
    const work = store().transaction(async (within) => {
      await addUser(within, { email: user.email }).catch(() => undefined);
    });
    expect(
      await work.then(
        () => 'committed',
        () => 'failed',
      ),
    ).to.equal('failed');
  });
});
