import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { listKeys, revokeKey, unrevokeKey } from '../../app/commands/signing-keys/revoked-keys.ts';
import type { SigningKeys } from '../../app/features/tokens/signing-keys.ts';
import type { Database } from '../../app/store/postgres/database.ts';
import { createStore } from '../../app/store/store.ts';
import { addSession, addUser } from '../support/rows.ts';
import { onOneStore } from '../support/stores.ts';

const newKid = (): string => crypto.getRandomValues(Buffer.alloc(32)).toString('base64url');

type Listed = ReturnType<SigningKeys['list']>;

onOneStore('npm run keys -- revoke', (stores) => {
  const store = () => createStore(stores().database);

  /** A machine that signs with one key, and has an older and a newer one. */
  function administration() {
    const [retired, signing, next] = [newKid(), newKid(), newKid()];
    const listed: Listed = [signing, retired, next].map((kid) => ({
      kid,
      since: { [retired]: 1_000, [signing]: 2_000, [next]: 3_000 }[kid] ?? 0,
      isSigning: kid === signing,
      isRevoked: false,
    }));
    const lines: string[] = [];
    const waits: number[] = [];
    const ended: string[] = [];
    const parts = {
      store: store(),
      states: { sessionsEnded: async (ids: readonly string[]) => void ended.push(...ids) },
      keys: { list: () => listed },
      write: (line: string) => void lines.push(line),
      wait: async (milliseconds: number) => void waits.push(milliseconds),
    };
    return { parts, listed, lines, waits, ended, retired, signing, next };
  }

  const revokedKids = async () => (await store().revokedSigningKeys.list()).map(({ kid }) => kid);
  const faultOf = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => expect.fail('the command was not refused'),
      (error: Error) => error.message,
    );
  /** The store, and the rows that it inserts into the audit log. */
  function auditedStore() {
    const rows: unknown[][] = [];
    const wrap = (database: Database): Database => ({
      ...database,
      query(name, params = []) {
        if (name === 'audit_log/insert') rows.push([...params]);
        return database.query(name, params);
      },
      transaction: (work) => database.transaction((tx) => work(wrap(tx))),
    });
    return { rows, store: createStore(wrap(stores().database)) };
  }

  it('writes each revocation and each that is taken back to the audit log', async () => {
    const { parts, retired } = administration();
    const audited = auditedStore();
    const command = { ...parts, store: audited.store };
    await revokeKey(command, retired);
    await revokeKey(command, retired);
    await revokeKey(command, retired, { endsSessions: true });
    await unrevokeKey(command, retired);
    const row = (action: string, detail: object) => [
      ...['command_line', null, null, action, 'success', 'signing_key', retired],
      ...['{}', '{}', JSON.stringify(detail), null, null],
    ];
    expect(audited.rows).to.deep.equal([
      row('signing_key.revoke', { end_sessions: false }),
      row('signing_key.revoke', { end_sessions: true }),
      row('signing_key.unrevoke', {}),
    ]);
  });

  it('revokes a key once and says so', async () => {
    const { parts, lines, retired, waits } = administration();
    await revokeKey(parts, retired);
    await revokeKey(parts, retired);
    expect(await revokedKids()).to.include(retired);
    expect(lines).to.deep.equal([
      `${retired} is revoked: every replica refuses its tokens within ten seconds`,
      `${retired} was revoked before`,
    ]);
    expect(waits).to.deep.equal([]);
  });

  it('refuses to revoke the key that signs, unless forced', async () => {
    const { parts, signing } = administration();
    expect(await faultOf(revokeKey(parts, signing))).to.match(/is the key that signs.*--force/);
    expect(await revokedKids()).to.not.include(signing);
    await revokeKey(parts, signing, { isForced: true });
    expect(await revokedKids()).to.include(signing);
  });

  it('refuses a key that no replica has ever loaded, which is a mistyped one, unless forced', async () => {
    const { parts } = administration();
    const mistyped = newKid();
    expect(await faultOf(revokeKey(parts, mistyped))).to.match(/no replica has ever loaded.*--force/);
    expect(await revokedKids()).to.not.include(mistyped);
    await revokeKey(parts, mistyped, { isForced: true });
    expect(await revokedKids()).to.include(mistyped);
  });

  it('revokes a key that only other replicas know', async () => {
    const { parts } = administration();
    const kid = newKid();
    await store().maintenance.insertMissing([`signing-key:${kid}`]);
    await revokeKey(parts, kid);
    expect(await revokedKids()).to.include(kid);
  });

  for (const text of [
    '',
    'hunter2',
    'k'.repeat(42),
    'k'.repeat(44),
    `${'k'.repeat(42)} `,
    "' or true --",
    'none',
  ]) {
    it(`refuses ${JSON.stringify(text)} as a key id, even if forced`, async () => {
      const { parts } = administration();
      expect(await faultOf(revokeKey(parts, text, { isForced: true }))).to.contain('is not a key id');
    });
  }

  it('ends the sessions of every user on demand, after all replicas refuse the key', async () => {
    const { parts, retired, waits, ended, lines } = administration();
    const users = [await addUser(store()), await addUser(store())];
    const sessions = await Promise.all(users.map(({ id }) => addSession(store(), id)));
    const duringWait = async (milliseconds: number) => {
      waits.push(milliseconds);
      expect(await revokedKids()).to.include(retired);
      expect(ended).to.deep.equal([]);
    };
    await revokeKey({ ...parts, wait: duringWait }, retired, { endsSessions: true });
    expect(waits).to.deep.equal([10_000]);
    expect(ended).to.include.members(sessions.map(({ id }) => id));
    for (const { id } of sessions) {
      const session = await store().sessions.find(id);
      expect(session).to.include({ isActive: false, endCause: 'signing_key_revoked' });
    }
    expect(lines.at(-1)).to.equal(`ended ${ended.length} sessions`);
  });

  const addResetToken = async (userId: string): Promise<Buffer> => {
    const tokenHash = randomBytes(32);
    await store().passwordResets.put({ userId, tokenHash, ttlMs: 60_000, createdBy: null });
    return tokenHash;
  };

  it('makes reset tokens void on demand, also one that a forged token issues until the replicas refuse it', async () => {
    const { parts, retired, lines } = administration();
    const [one, other] = [await addUser(store()), await addUser(store())];
    const hashes = [await addResetToken(one.id)];
    const wait = async () => void hashes.push(await addResetToken(other.id));
    await revokeKey({ ...parts, wait }, retired, { endsSessions: true });
    expect(hashes).to.have.length(2);
    for (const hash of hashes) expect(await store().passwordResets.find(hash)).to.equal(null);
    expect(lines.at(-2)).to.match(/^made \d+ reset tokens void$/);
  });

  it('says what it means that no message reached the replicas, where Redis is not configured', async () => {
    const { parts, retired, lines } = administration();
    await revokeKey({ ...parts, hasRedis: false }, retired, { endsSessions: true });
    expect(lines.at(-1)).to.match(/^REDIS_URL is not set here.*for five minutes/);
  });

  it('revokes no key while none is configured that signs, unless forced', async () => {
    const { parts, retired } = administration();
    const without = { ...parts, keys: { list: () => [] } };
    await store().maintenance.insertMissing([`signing-key:${retired}`]);
    expect(await faultOf(revokeKey(without, retired))).to.match(/does not know whether.*--force/);
    expect(await revokedKids()).to.not.include(retired);
    await revokeKey(without, retired, { isForced: true });
    expect(await revokedKids()).to.include(retired);
  });

  it('leaves sessions and reset tokens alone without the option', async () => {
    const { parts, retired } = administration();
    const user = await addUser(store());
    const { id } = await addSession(store(), user.id);
    const hash = await addResetToken(user.id);
    await revokeKey(parts, retired);
    expect((await store().sessions.find(id))?.isActive).to.equal(true);
    expect((await store().passwordResets.find(hash))?.userId).to.equal(user.id);
  });

  it('takes a revocation back, and refuses to take back what is not revoked', async () => {
    const { parts, retired } = administration();
    expect(await faultOf(unrevokeKey(parts, retired))).to.contain('not among the revoked keys');
    await revokeKey(parts, retired);
    await unrevokeKey(parts, retired);
    expect(await revokedKids()).to.not.include(retired);
  });

  it('lists every key with its state', async () => {
    const { parts, listed, lines, retired, signing, next } = administration();
    const gone = newKid();
    await store().maintenance.insertMissing([`signing-key:${gone}`]);
    const states = async () => {
      lines.length = 0;
      await listKeys(parts);
      return Object.fromEntries(lines.map((line) => [line.slice(0, 43), line.split(/ {2,}/).at(-1)]));
    };
    expect(await states()).to.include({
      [signing]: 'signing',
      [retired]: 'retired',
      [next]: 'next',
      [gone]: 'unconfigured',
    });
    await revokeKey(parts, gone);
    Object.assign(listed[0] ?? {}, { isRevoked: true });
    expect(await states()).to.include({ [signing]: 'revoked, still configured to sign', [gone]: 'revoked' });
  });
});
