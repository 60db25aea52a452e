import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  readStateCopy,
  writeSessionEnd,
  writeStateCopy,
  writeUserVersion,
} from '../../../app/features/sessions/internal/state-copies.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import type { ActiveSession } from '../../../app/store/tables/sessions.ts';
import { onEachStore, onRealStore } from '../../support/stores.ts';
import { newUserFields } from '../../support/users.ts';

const minute = 60_000;

type Revoke = (redis: RedisClient, state: ActiveSession) => Promise<void>;

function newState(): ActiveSession {
  const { email, username } = newUserFields();
  const createdAt = new Date('2030-01-01T00:00:00.123Z');
  return {
    sessionId: randomUUID(),
    user: { id: randomUUID(), email, username, roles: ['user'], createdAt },
    disabled: false,
    version: 7,
    expiresAt: new Date('2030-02-01T00:00:00.456Z'),
  };
}

onEachStore('A snapshot of a session', (stores) => {
  const redis = () => stores().redis;
  const written = async (state = newState()) => {
    await writeStateCopy(redis(), state);
    return state;
  };
  const read = ({ sessionId }: ActiveSession) => readStateCopy(redis(), sessionId);

  it('answers all that was written, and nothing where nothing was', async () => {
    const state = await written();
    expect(await read(state)).to.deep.equal(state);
    expect(await read(newState())).to.equal(null);
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
    const state = newState();
    await writeSessionEnd(redis(), state.sessionId);
    expect(await read(await written(state))).to.equal(null);
  });

  it('answers nothing when it is written after a change that it does not know, however late that is told', async () => {
    const state = newState();
    await writeUserVersion(redis(), state.user.id, state.version + 2);
    await writeUserVersion(redis(), state.user.id, state.version + 1);
    expect(await read(await written(state))).to.equal(null);
    expect(await read(await written({ ...state, version: state.version + 1 }))).to.equal(null);
    const newest = await written({ ...state, version: state.version + 2 });
    expect(await read(newest)).to.deep.equal(newest);
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
    const [redis, state] = [createInMemoryRedis(), newState()];
    await revoke?.(redis, state);
    now += 5 * minute - 1;
    await writeStateCopy(redis, state);
    now += age;
    return (await readStateCopy(redis, state.sessionId)) !== null;
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
    const state = newState();
    await writeStateCopy(redis, state);
    await writeUserVersion(redis, state.user.id, state.version);
    // A test may take twenty seconds.
    const life = (minutes: number) => [minutes * minute - 20_000, minutes * minute] as const;
    expect(await connection.pttl(`state:${state.sessionId}`)).to.be.within(...life(5));
    expect(await connection.pttl(`user-version:${state.user.id}`)).to.be.within(...life(10));
    // As if it had been written five minutes ago: a time to end at that has passed.
    await connection.pexpireat(`state:${state.sessionId}`, 1);
    expect(await readStateCopy(redis, state.sessionId)).to.equal(null);
    await writeSessionEnd(redis, state.sessionId);
    expect(await connection.pttl(`ended:${state.sessionId}`)).to.be.within(...life(10));
  });
});
