import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import type { Database } from '../../../app/store/postgres/database.ts';
import { createReplicaDatabase } from '../../../app/store/postgres/replica-database.ts';
import { createLagMeter } from '../../../app/store/postgres/replication-lag.ts';
import { silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

/** A server that answers each query with its name, and queries for its position with `position`. */
function createServer(name: string, position: string | null) {
  const state = { position, error: null as unknown, asked: 0 };
  const answer = async (query: string): Promise<object[]> => {
    if (state.error) throw state.error;
    if (query.startsWith('replication/')) return [{ position: state.position }];
    state.asked += 1;
    return [{ name }];
  };
  const database = { query: answer } as unknown as Database;
  return { state, database };
}

const away = new AppError('service_unavailable');

describe('the lag of a replica', () => {
  function createPair() {
    const [primary, replica] = [createServer('primary', '100'), createServer('replica', '100')];
    const clock = { now: 0 };
    const measure = createLagMeter(primary.database, replica.database, () => clock.now);
    /** Measures at a time in seconds, with the positions of both. */
    const at = (seconds: number, written: number, replayed: number) => {
      clock.now = seconds * 1000;
      Object.assign(primary.state, { position: String(written) });
      Object.assign(replica.state, { position: String(replayed) });
      return measure();
    };
    return { primary, replica, measure, at };
  }

  it('is zero while nothing is written, however long', async () => {
    const { at } = createPair();
    await at(0, 100, 100);
    expect(await at(3_600, 100, 100)).to.deep.equal({ seconds: 0, hasCaughtUp: true });
  });

  it('is the age of the newest position that the replica has replayed', async () => {
    const { at } = createPair();
    await at(0, 100, 100);
    await at(10, 200, 100);
    expect(await at(20, 300, 100)).to.include({ seconds: 20 });
    expect(await at(30, 400, 250)).to.include({ seconds: 20 });
    expect(await at(31, 400, 400)).to.include({ seconds: 0 });
  });

  it('does not count as small before the replica has caught up once', async () => {
    const { at } = createPair();
    expect(await at(0, 500, 100)).to.include({ hasCaughtUp: false });
    expect(await at(1, 600, 499)).to.include({ hasCaughtUp: false });
    expect(await at(2, 600, 500)).to.include({ hasCaughtUp: true, seconds: 2 });
  });

  it('begins anew after a failover to a primary that is behind the previous one', async () => {
    const { at } = createPair();
    await at(0, 900, 900);
    await at(1, 1_000, 900);
    expect(await at(2, 950, 950)).to.deep.equal({ seconds: 0, hasCaughtUp: true });
  });

  it('is unknown for a server that is no standby or does not tell its position', async () => {
    const { replica, measure } = createPair();
    replica.state.position = null;
    expect(await measure()).to.deep.equal({ seconds: null, hasCaughtUp: true });
    replica.state.error = Object.assign(new Error('not supported'), { code: '0A000' });
    expect(await measure()).to.deep.equal({ seconds: null, hasCaughtUp: true });
  });
});

describe('reads that tolerate lag', () => {
  function open({ maxLag = 1_000, position = '100' as string | null } = {}) {
    const [primary, replica] = [createServer('primary', '100'), createServer('replica', position)];
    const { database } = createReplicaDatabase({
      primary: primary.database,
      replica: replica.database,
      maxLag,
      log: silentLog,
    });
    const ask = async () => (await database.query<{ name: string }>('users/list'))[0]?.name;
    return { primary, replica, database, ask };
  }

  it('go to the replica once its lag is known to be small', async () => {
    const { ask, database } = open();
    expect(await ask()).to.equal('primary');
    await until(async () => (await ask()) === 'replica');
    await database.close();
  });

  it('go to the primary while the replica has not replayed enough', async () => {
    const { ask, database, replica } = open({ position: '99' });
    await new Promise((resolve) => setImmediate(resolve));
    expect([await ask(), replica.state.asked]).to.deep.equal(['primary', 0]);
    await database.close();
  });

  it('go to the primary when they fail on the replica, for whatever reason', async () => {
    const { ask, database, replica } = open();
    await until(async () => (await ask()) === 'replica');
    for (const error of [away, Object.assign(new Error('no such column'), { code: '42703' })]) {
      replica.state.error = error;
      expect(await ask()).to.equal('primary');
    }
    await database.close();
  });
});
