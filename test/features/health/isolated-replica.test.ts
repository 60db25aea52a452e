import { expect } from 'chai';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import {
  checkInterval,
  type Replica,
  type SharedRedis,
  startReplica,
} from '../../support/replica-readiness.ts';

describe('Readiness of several replicas', () => {
  const clock = useMonotonicClock({ isFrozen: true });
  let replicas: Replica[];
  let redis: SharedRedis;
  beforeEach(() => {
    redis = createInMemoryRedis();
    replicas = [startReplica(redis), startReplica(redis), startReplica(redis)];
  });
  afterEach(() => redis.close());

  /** All replicas check their stores, again and again. @returns the statuses that each has had in these seconds */
  async function pass(seconds: number): Promise<string[]> {
    const seen = replicas.map((): string[] => []);
    for (let passed = 0; passed < seconds * 1_000; passed += checkInterval) {
      await clock.advance(checkInterval);
      const answers = await Promise.all(replicas.map(({ readiness }) => readiness.check()));
      for (const [index, { status }] of answers.entries())
        if (seen[index]?.at(-1) !== status) seen[index]?.push(status);
    }
    return seen.map((statuses) => statuses.join(' → '));
  }
  const setPostgres = (...states: boolean[]): void =>
    replicas.forEach(({ conditions }, index) => {
      conditions.postgres = states[index] ?? true;
    });

  it('stays degraded on all of them, however long the outage takes', async () => {
    await pass(4);
    setPostgres(false, false, false);
    expect(await pass(2)).to.deep.equal(['degraded', 'degraded', 'degraded']);
    expect(await pass(60)).to.deep.equal(['degraded', 'degraded', 'degraded']);
    setPostgres(true, true, true);
    expect(await pass(2)).to.deep.equal(['ready', 'ready', 'ready']);
  });

  it('ends on the one that is cut off while the others reach Postgres, and says why', async () => {
    await pass(4);
    setPostgres(false, true, true);
    expect(await pass(14)).to.deep.equal(['degraded', 'ready', 'ready']);
    expect(await pass(6)).to.deep.equal(['degraded → not_ready', 'ready', 'ready']);
    expect(replicas[0]?.readiness.current().checks).to.include({ isolated: true, postgres: 'down' });
    setPostgres(true, true, true);
    expect(await pass(2)).to.deep.equal(['ready', 'ready', 'ready']);
    expect(replicas[0]?.readiness.current().checks.isolated).to.equal(false);
  });

  it('stays degraded on those that are cut off if fewer than half reach Postgres', async () => {
    await pass(4);
    setPostgres(false, false, true);
    expect(await pass(60)).to.deep.equal(['degraded', 'degraded', 'ready']);
  });

  it('returns to one that was cut off when the others lose Postgres too', async () => {
    await pass(4);
    setPostgres(false, true, true);
    expect((await pass(30))[0]).to.equal('degraded → not_ready');
    setPostgres(false, false, false);
    await pass(4);
    expect(await pass(60)).to.deep.equal(['degraded', 'degraded', 'degraded']);
  });

  it('does not change while replicas notice the begin and the end of an outage one after the other', async () => {
    await pass(4);
    setPostgres(false, true, true);
    expect(await pass(6)).to.deep.equal(['degraded', 'ready', 'ready']);
    setPostgres(false, false, true);
    expect(await pass(6)).to.deep.equal(['degraded', 'degraded', 'ready']);
    setPostgres(false, false, false);
    expect(await pass(20)).to.deep.equal(['degraded', 'degraded', 'degraded']);
    setPostgres(true, false, true);
    expect(await pass(10)).to.deep.equal(['ready', 'degraded', 'ready']);
    setPostgres(true, true, true);
    expect(await pass(2)).to.deep.equal(['ready', 'ready', 'ready']);
  });

  it('does not count replicas that drain, cannot sign or have never served', async () => {
    await pass(4);
    const [first, second, third] = replicas.map(({ conditions }) => conditions);
    if (!first || !second || !third) throw new Error('there are three replicas');
    second.isDraining = true;
    third.canSign = false;
    replicas.push(startReplica(redis, {}, { schema: 'behind' }));
    first.postgres = false;
    expect(await pass(60)).to.deep.equal(['degraded', 'not_ready', 'not_ready', 'not_ready']);
  });

  it('does not count replicas that have ended', async () => {
    await pass(4);
    replicas.splice(1);
    setPostgres(false);
    expect(await pass(60)).to.deep.equal(['degraded']);
  });

  it('ignores messages that are no reports', async () => {
    replicas.splice(1);
    await pass(4);
    setPostgres(false);
    for (let seconds = 0; seconds < 60; seconds += 2) {
      for (const message of ['', 'reachable', 'x reachable', `${'0'.repeat(36)} reachable`])
        await redis.publish('replica-reports', message);
      expect(await pass(2)).to.deep.equal(['degraded']);
    }
  });
});
