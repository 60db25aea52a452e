import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createStateSigner } from '../../../app/features/sessions/internal/signed-state.ts';
import {
  createStateCopies,
  writeSessionEnd,
  writeUserVersion,
} from '../../../app/features/sessions/internal/state-copies.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import type { ActiveSession } from '../../../app/store/tables/sessions.ts';
import { newSessionState } from '../../support/session-state.ts';
import { onOneStore, onRealStore } from '../../support/stores.ts';

const minute = 60_000;

const secret = randomBytes(32);
/** The copies, and the faults of those that are refused. */
function copiesOn(redis: RedisClient, faults: string[] = [], currentSecret = () => secret) {
  const copies = createStateCopies({ redis, secret: currentSecret });
  return {
    write: copies.write,
    read: (sessionId: string) => copies.read(sessionId, (fault) => void faults.push(fault)),
  };
}

const keyOf = ({ sessionId }: ActiveSession) => `signed-state:${sessionId}`;

type Revoke = (redis: RedisClient, state: ActiveSession) => Promise<void>;

onOneStore('A snapshot of a session', (stores) => {
  const redis = () => stores().redis;
  const written = async (state = newSessionState()) => {
    await copiesOn(redis()).write(state, Date.now());
    return state;
  };
  const read = async ({ sessionId }: ActiveSession) =>
    (await copiesOn(redis()).read(sessionId))?.state ?? null;

  it('answers all that was written, and nothing where nothing was', async () => {
    const state = await written();
    expect(await read(state)).to.deep.equal(state);
    expect(await read(newSessionState())).to.equal(null);
  });

  it('answers nothing once Postgres has another secret, as after a restore, and what is written then is answered', async () => {
    let current = randomBytes(32);
    const faults: string[] = [];
    const copies = copiesOn(redis(), faults, () => current);
    const [before, after] = [newSessionState(), newSessionState()];
    await copies.write(before, Date.now());
    expect((await copies.read(before.sessionId))?.state).to.deep.equal(before);
    current = randomBytes(32);
    await copies.write(after, Date.now());
    expect(await copies.read(before.sessionId)).to.equal(null);
    expect((await copies.read(after.sessionId))?.state).to.deep.equal(after);
    expect(faults).to.deep.equal(['bad_mac']);
  });

  it('answers nothing once its session has ended, and others go on', async () => {
    const [state, other] = [await written(), await written()];
    await writeSessionEnd(redis(), state.sessionId);
    expect([await read(state), await read(other)]).to.deep.equal([null, other]);
  });

  it('answers nothing once its user has changed, and others go on', async () => {
    const [state, other] = [await written(), await written()];
    await writeUserVersion(redis(), state.user.id, state.version);
    expect(await read(state)).to.deep.equal(state);
    await writeUserVersion(redis(), state.user.id, state.version + 1);
    expect([await read(state), await read(other)]).to.deep.equal([null, other]);
  });

  it('answers nothing when it is written after the end of its session', async () => {
    const state = newSessionState();
    await writeSessionEnd(redis(), state.sessionId);
    expect(await read(await written(state))).to.equal(null);
  });

  it('answers nothing when it is written after a change that it does not know, however late that is told', async () => {
    const state = newSessionState();
    await writeUserVersion(redis(), state.user.id, state.version + 2);
    await writeUserVersion(redis(), state.user.id, state.version + 1);
    expect(await read(await written(state))).to.equal(null);
    expect(await read(await written({ ...state, version: state.version + 1 }))).to.equal(null);
    const newest = await written({ ...state, version: state.version + 2 });
    expect(await read(newest)).to.deep.equal(newest);
  });
});

describe('A snapshot that somebody else has put into Redis', () => {
  const redis = createInMemoryRedis();
  const realNow = Date.now;
  let wallClock: number;
  beforeEach(() => {
    wallClock = realNow();
    Date.now = () => wallClock;
  });
  afterEach(() => {
    Date.now = realNow;
  });

  /** What another writer makes of the text of a genuine copy, and when it is read. @returns the state or the fault */
  async function readBack(forge: (text: string) => string | Promise<string>, later = 0) {
    const state = newSessionState();
    await copiesOn(redis).write(state, wallClock);
    const [text] = await redis.get([keyOf(state)]);
    await redis.set(keyOf(state), await forge(text ?? ''), minute);
    wallClock += later;
    const faults: string[] = [];
    const copy = await copiesOn(redis, faults).read(state.sessionId);
    return copy ? { isSame: JSON.stringify(copy.state) === JSON.stringify(state), age: copy.age } : faults[0];
  }

  it('is used as it was written, and its age is known', async () => {
    expect(await readBack((text) => text, 1_234)).to.deep.equal({ isSame: true, age: 1_234 });
  });

  it('is refused whichever of its characters is another or missing', () => {
    const [signer, state] = [createStateSigner(secret), newSessionState()];
    const text = signer.sign(state, wallClock);
    expect(signer.verify(text, state.sessionId)).to.deep.equal({ state, age: 0 });
    for (let n = 0; n < text.length; n += 1) {
      const altered = `${text.slice(0, n)}${text[n] === 'a' ? 'b' : 'a'}${text.slice(n + 1)}`;
      expect(signer.verify(altered, state.sessionId), `character ${n}`).to.equal('bad_mac');
      expect(signer.verify(text.slice(0, n), state.sessionId), `${n} characters`).to.equal('bad_mac');
    }
  });

  it('is refused if another service signed it', async () => {
    const other = createStateSigner(randomBytes(32));
    expect(await readBack(() => other.sign(newSessionState(), wallClock))).to.equal('bad_mac');
  });

  it('is refused if it is the state of another session', async () => {
    const signer = createStateSigner(secret);
    expect(await readBack(() => signer.sign(newSessionState(), wallClock))).to.equal('other_session');
  });

  it('is refused once Postgres has not confirmed it for five minutes, however long Redis keeps it', async () => {
    expect(await readBack((text) => text, 5 * minute)).to.deep.equal({ isSame: true, age: 5 * minute });
    expect(await readBack((text) => text, 5 * minute + 1)).to.equal('bad_time');
  });

  it('is refused if it is from the future, by more than the clocks of replicas may differ', async () => {
    expect(await readBack((text) => text, -5_000)).to.deep.equal({ isSame: true, age: 0 });
    expect(await readBack((text) => text, -5_001)).to.equal('bad_time');
  });

  it('revokes the copy if it is a version that is no number', async () => {
    const state = newSessionState();
    await copiesOn(redis).write(state, wallClock);
    await redis.set(`user-version:${state.user.id}`, 'a version', minute);
    expect(await copiesOn(redis).read(state.sessionId)).to.equal(null);
  });
});

describe('The life of a snapshot in memory', () => {
  const realNow = performance.now;
  let now: number;
  beforeEach(() => {
    // Nought means to the cache that a key never ends.
    now = 1;
    performance.now = () => now;
  });
  afterEach(() => {
    performance.now = realNow;
  });

  /** Asked once only: the cache remembers for a millisecond of real time what it last took for the time. */
  async function isAnswered(age: number, revoke?: Revoke) {
    const [redis, state] = [createInMemoryRedis(), newSessionState()];
    await revoke?.(redis, state);
    now += 5 * minute - 1;
    await copiesOn(redis).write(state, Date.now());
    now += age;
    return (await copiesOn(redis).read(state.sessionId)) !== null;
  }

  it('is five minutes', async () => {
    expect(await isAnswered(5 * minute - 1)).to.equal(true);
    expect(await isAnswered(5 * minute + 1)).to.equal(false);
  });

  it('ends before that of a revocation, even when it is written five minutes after that', async () => {
    const end: Revoke = (redis, { sessionId }) => writeSessionEnd(redis, sessionId);
    const change: Revoke = (redis, { user, version }) => writeUserVersion(redis, user.id, version + 1);
    for (const revoke of [end, change]) expect(await isAnswered(5 * minute - 1, revoke)).to.equal(false);
  });
});

onRealStore('The life of a snapshot on Redis', (stores) => {
  it('is five minutes, and that of a revocation ten', async function () {
    const { redis } = stores();
    const { connection } = redis;
    if (!connection) this.skip();
    const state = newSessionState();
    await copiesOn(redis).write(state, Date.now());
    await writeUserVersion(redis, state.user.id, state.version);
    // A test may take twenty seconds.
    const life = (minutes: number) => [minutes * minute - 20_000, minutes * minute] as const;
    expect(await connection.pttl(keyOf(state))).to.be.within(...life(5));
    expect(await connection.pttl(`user-version:${state.user.id}`)).to.be.within(...life(10));
    // As if it had been written five minutes ago: a time to end at that has passed.
    await connection.pexpireat(keyOf(state), 1);
    expect(await copiesOn(redis).read(state.sessionId)).to.equal(null);
    await writeSessionEnd(redis, state.sessionId);
    expect(await connection.pttl(`ended:${state.sessionId}`)).to.be.within(...life(10));
  });
});
