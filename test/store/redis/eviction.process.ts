import { expect } from 'chai';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import { createCleanup } from '../../../tools/torture/harness/cleanup.ts';
import { startRedisProcess } from '../../infrastructure/servers/redis-server.ts';
import { recordingLog } from '../../support/keys.ts';
import { until } from '../../support/until.ts';

describe('A Redis that deletes keys when it is full', () => {
  const cleanup = createCleanup();
  after(() => cleanup.run());

  it('is named in one line of the log', async () => {
    const args = ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'];
    const server = await startRedisProcess({ args, cleanup });
    const { lines, log } = recordingLog();
    const url = () => `redis://127.0.0.1:${server.port}`;
    const redis = await createRedisClient({ url, log, keyPrefix: 'evicted:', commandTimeout: 10_000 });
    try {
      await until(() => lines.some(({ event }) => event === 'redis_evicts'));
      const found = lines.filter(({ event }) => event === 'redis_evicts');
      expect(found).to.have.length(1);
      expect(found[0]).to.include({ level: 'warn', policy: 'allkeys-lru' });
    } finally {
      await redis.close();
    }
  });
});
