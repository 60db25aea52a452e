import { expect } from 'chai';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import {
  type Conditions,
  checkInterval,
  type Replica,
  type SharedRedis,
  startReplica,
} from '../../support/replica-readiness.ts';

describe('Readiness during an outage of Postgres', () => {
  const clock = useMonotonicClock();
  let redis: SharedRedis;
  beforeEach(() => {
    redis = createInMemoryRedis();
  });
  afterEach(() => redis.close());

  async function check({ readiness }: Replica): Promise<string> {
    await clock.advance(checkInterval);
    return (await readiness.check()).status;
  }

  /** The status of a replica that was ready before these conditions. */
  async function during(change: Partial<Conditions>, options = {}): Promise<string> {
    const replica = startReplica(redis, options);
    expect(await check(replica)).to.equal('ready');
    Object.assign(replica.conditions, change);
    return check(replica);
  }

  it('is degraded, and ready again with the next answer', async () => {
    const replica = startReplica(redis);
    const statuses = [];
    for (const postgres of [true, false, false, true]) {
      replica.conditions.postgres = postgres;
      statuses.push(await check(replica));
    }
    expect(statuses).to.deep.equal(['ready', 'degraded', 'degraded', 'ready']);
  });

  it('is not ready before the replica has reached Postgres once', async () => {
    const replica = startReplica(redis, {}, { postgres: false });
    expect(await check(replica)).to.equal('not_ready');
    replica.conditions.postgres = true;
    expect(await check(replica)).to.equal('ready');
    replica.conditions.postgres = false;
    expect(await check(replica)).to.equal('degraded');
  });

  it('is not ready while Postgres has not had the schema of this version', async () => {
    const replica = startReplica(redis, {}, { schema: 'behind' });
    expect(await check(replica)).to.equal('not_ready');
    replica.conditions.postgres = false;
    expect(await check(replica)).to.equal('not_ready');
  });

  it('is not ready with READINESS_REQUIRES_POSTGRES=on', async () => {
    expect(await during({ postgres: false }, { requiresPostgres: true })).to.equal('not_ready');
  });

  for (const [title, change] of [
    ['Redis is away too, so that no token can be checked', { redis: false }],
    ['the signing key is revoked', { canSign: false }],
    ['the replica drains', { isDraining: true }],
  ] as const) {
    it(`is not ready if ${title}`, async () => {
      expect(await during({ postgres: false, ...change })).to.equal('not_ready');
    });
  }

  it('is degraded while Redis refuses writes, because copies can be read', async () => {
    expect(await during({ postgres: false, redisWrites: false })).to.equal('degraded');
  });

  it('is not ready if Postgres answers with an older schema, which is no outage', async () => {
    expect(await during({ schema: 'behind' })).to.equal('not_ready');
  });

  it('is degraded within the deadline of a check while Postgres does not answer at all', async () => {
    expect(await during({ postgres: null }, { deadline: 1 })).to.equal('degraded');
  });
});
