import { expect } from 'chai';
import type { Connection } from '../../../app/store/postgres/connection.ts';
import { createConnectionPool } from '../../../app/store/postgres/connection-pool.ts';
import { codeOf } from '../../support/rows.ts';

/** A pool of fake connections, which cannot be opened while `broken` is set. */
function createTestPool(size: number) {
  const state = { broken: false, opened: 0 };
  const pool = createConnectionPool({
    size,
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
