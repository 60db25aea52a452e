import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import { startStandInRedis } from '../../support/stand-in-redis.ts';
import { silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

describe('The deadline of a command of Redis', () => {
  it('does not refuse an answer that arrived while the process got no CPU', async () => {
    const redis = await startStandInRedis();
    const commandTimeout = 1_000;
    const client = await createRedisClient({ url: () => redis.url, log: silentLog, commandTimeout });
    try {
      await until(() => client.ping());
      // The timers are the next phase of the event loop after this one.
      await setImmediate();
      const value = client.get(['asked']);
      redis.blockUntilAnswered(3 * commandTimeout);
      expect(await value).to.deep.equal(['value']);
    } finally {
      await client.close();
      await redis.close();
    }
  });
});
