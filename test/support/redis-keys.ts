import { Cluster, type Redis } from 'ioredis';
import { pino } from 'pino';
import { createRedisClient } from '../../app/store/redis/ioredis-client.ts';
import { until } from './until.ts';

async function keysOf(node: Redis, pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of node.scanStream({ match: pattern, count: 1_000 })) found.push(...keys);
  return found;
}

/** Keys as they are stored, in any kind of Redis that the service connects to. */
export async function openRedisKeys(url: string) {
  const log = pino({ level: 'silent' });
  const client = await createRedisClient({ url: () => url, log, keyPrefix: '', commandTimeout: 10_000 });
  await until(() => client.ping());
  const { connection } = client;
  if (!connection) throw new Error('a Redis with a URL has a connection');
  const nodes = () => (connection instanceof Cluster ? connection.nodes('master') : [connection]);
  const find = async (pattern: string): Promise<string[]> =>
    (await Promise.all(nodes().map((node) => keysOf(node, pattern)))).flat();
  return {
    connection,
    /** The keys that match a pattern of `KEYS`. */
    find,
    async remove(pattern: string): Promise<void> {
      await Promise.all((await find(pattern)).map((key) => connection.unlink(key)));
    },
    close: () => client.close(),
  };
}

export type RedisKeys = Awaited<ReturnType<typeof openRedisKeys>>;
