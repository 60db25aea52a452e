import { expect } from 'chai';
import type { Connection } from '../../../app/store/postgres/connection.ts';
import { createConnectionPool } from '../../../app/store/postgres/connection-pool.ts';
import { codeOf } from '../../support/rows.ts';

/** A pool of fake connections, which cannot be opened while `broken` is set. */
function createTestPool(size: number) {
  const state = { broken: false, opened: 0, now: 0 };
  const pool = createConnectionPool({
    size,
    idleTimeout: 1_000,
    maxLifetime: 10_000,
    now: () => state.now,
    open: () => {
      if (state.broken) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      state.opened += 1;
      // The pool calls no other method of a connection.
      return { end: async () => undefined } as unknown as Connection;
    },
  });
  return { pool, state };
}

const never = new AbortController().signal;

describe('a pool whose connections cannot be opened', () => {
  it('rejects acquire with service_unavailable and uses no slot', async () => {
    const { pool, state } = createTestPool(1);
    state.broken = true;
    expect(await pool.acquire(never).catch(codeOf)).to.equal('service_unavailable');
    state.broken = false;
    await pool.acquire(never);
    expect(pool.state()).to.deep.equal({ size: 1, busy: 1, idle: 0, waiting: 0 });
  });

  it('rejects pending callers when a slot is free, and does not throw from destroy', async () => {
    const { pool, state } = createTestPool(1);
    const connection = await pool.acquire(never);
    const waiting = [pool.acquire(never), pool.acquire(never)].map((each) => each.catch(codeOf));
    state.broken = true;
    pool.destroy(connection);
    expect(await Promise.all(waiting)).to.deep.equal(['service_unavailable', 'service_unavailable']);
    expect(pool.state()).to.deep.equal({ size: 1, busy: 0, idle: 0, waiting: 0 });
  });

  it('removes no other pending caller at the deadline of a rejected one', async () => {
    const { pool, state } = createTestPool(1);
    const [early, late] = [new AbortController(), new AbortController()];
    const first = await pool.acquire(never);
    const refused = pool.acquire(early.signal).catch(codeOf);
    state.broken = true;
    pool.destroy(first);
    expect(await refused).to.equal('service_unavailable');
    state.broken = false;
    const second = await pool.acquire(never);
    const served = pool.acquire(late.signal);
    early.abort();
    pool.release(second);
    expect(await served).to.equal(second);
  });

  it('opens a connection for every free slot', async () => {
    const { pool, state } = createTestPool(2);
    const connections = [await pool.acquire(never), await pool.acquire(never)];
    const waiting = [pool.acquire(never), pool.acquire(never)];
    for (const connection of connections) pool.destroy(connection);
    await Promise.all(waiting);
    expect([state.opened, pool.state().busy]).to.deep.equal([4, 2]);
  });
});

describe('a connection of the pool', () => {
  /** A pool with connections that are idle since the beginning. */
  async function createIdlePool(size: number) {
    const { pool, state } = createTestPool(size);
    const connections = await Promise.all(Array.from({ length: size }, () => pool.acquire(never)));
    for (const connection of connections) pool.release(connection);
    return { pool, state, connections };
  }

  it('is used again before the idle timeout, and closed after it, also if another one is used', async () => {
    const { pool, state, connections } = await createIdlePool(3);
    state.now = 999;
    const used = await pool.acquire(never);
    expect(connections).to.include(used);
    pool.release(used);
    state.now = 1_500;
    expect(await pool.acquire(never)).to.equal(used);
    expect(pool.state()).to.include({ busy: 1, idle: 0 });
  });

  it('is replaced at the end of its lifetime, but not during its work', async () => {
    const { pool, state } = createTestPool(1);
    const first = await pool.acquire(never);
    state.now = 8_999;
    pool.release(first);
    expect(await pool.acquire(never)).to.equal(first);
    state.now = 10_000;
    expect(first.isDestroyed).to.equal(false);
    pool.release(first);
    expect(first.isDestroyed).to.equal(true);
    expect(await pool.acquire(never)).not.to.equal(first);
  });

  it('is replaced with all others, the busy ones after their work', async () => {
    const { pool, connections } = await createIdlePool(2);
    const busy = await pool.acquire(never);
    pool.replaceAll();
    expect(connections.filter(({ isDestroyed }) => !isDestroyed)).to.deep.equal([busy]);
    pool.release(busy);
    expect(busy.isDestroyed).to.equal(true);
    const next = await pool.acquire(never);
    pool.release(next);
    expect(await pool.acquire(never)).to.equal(next);
  });
});
