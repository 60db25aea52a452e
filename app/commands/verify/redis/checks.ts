import { Cluster, type Redis } from 'ioredis';
import { type Config, isEncryptedRedis } from '../../../config/config.ts';
import type { Logger } from '../../../observe/log.ts';
import { createRedisClient } from '../../../store/redis/ioredis-client.ts';
import type { RedisClient } from '../../../store/redis/redis-client.ts';
import { type Check, failed, passed, warning } from '../../checks/check.ts';

const category = 'Redis';

export interface RedisContext {
  readonly client: RedisClient;
  readonly isEncrypted: boolean;
  readonly isVerified: boolean;
}

/** @throws Error when REDIS_URL is not set */
export async function openRedisContext({ redis }: Config, log: Logger): Promise<RedisContext> {
  const { ca, caFile, cert, key, keyPrefix, sentinelPassword, tls, url } = redis;
  if (!url) throw new Error('REDIS_URL is not set');
  const isVerified = tls !== 'unverified';
  const client = await createRedisClient({
    ...{ url, keyPrefix, sentinelPassword, log },
    tls: { ca, caFile, cert, key, isUnverified: !isVerified },
  });
  return { client, isEncrypted: isEncryptedRedis(url()), isVerified };
}

/** The section `memory` of INFO of each server. INFO also works where a provider forbids CONFIG. */
async function memoryOf({ client: { connection } }: RedisContext): Promise<readonly Map<string, string>[]> {
  const servers: readonly Redis[] =
    connection instanceof Cluster ? connection.nodes('master') : connection ? [connection] : [];
  return Promise.all(
    servers.map(async (server) => {
      const lines = (await server.info('memory')).split(/\r?\n/);
      return new Map(lines.map((line) => line.split(':', 2) as [string, string]));
    }),
  );
}

export const redisChecks: readonly Check<RedisContext>[] = [
  {
    id: 'redis-reply',
    category,
    title: 'Redis answers',
    documentation:
      'Connects to `REDIS_URL` as the service does, and sends PING. `auth-service doctor` tells apart why a Redis does not answer.',
    async run({ client }) {
      if (await client.ping()) return passed('PONG');
      return failed('Redis does not answer', 'Run auth-service doctor with the same configuration');
    },
  },
  {
    id: 'redis-encrypted',
    category,
    title: 'The connection to Redis is encrypted and verified',
    documentation:
      'The URL must begin with `rediss://`, and the certificate must be verified. `REDIS_TLS=off` and `REDIS_TLS=unverified` are warnings: they are right only where nobody else can reach the network between the service and Redis.',
    needs: ['redis-reply'],
    async run({ isEncrypted, isVerified }) {
      if (!isEncrypted)
        return warning('The connection is not encrypted', 'Use a rediss:// URL, if Redis offers TLS');
      if (isVerified) return passed('rediss://');
      return warning('The certificate is not verified', 'Set REDIS_CA_FILE, and remove REDIS_TLS=unverified');
    },
  },
  {
    id: 'redis-eviction-policy',
    category,
    title: 'A full Redis deletes no key of the service',
    documentation:
      'With a memory limit, `maxmemory-policy` must be `noeviction`. Any other policy deletes counters of rate limits and revocations when the memory is full, so that attackers get new attempts.',
    needs: ['redis-reply'],
    async run(context) {
      const policies = (await memoryOf(context))
        .filter((memory) => Number(memory.get('maxmemory')) > 0)
        .map((memory) => memory.get('maxmemory_policy') ?? 'noeviction');
      const wrong = policies.find((policy) => policy !== 'noeviction');
      if (wrong === undefined) return passed(policies.length > 0 ? 'noeviction' : 'There is no memory limit');
      return failed(`maxmemory-policy is ${wrong}`, 'Set maxmemory-policy to noeviction');
    },
  },
  {
    id: 'redis-memory-left',
    category,
    title: 'Redis has memory left',
    documentation:
      'Compares `used_memory` with `maxmemory`: a warning above 80 %, a failure above 95 %. A full Redis with `noeviction` refuses writes, and the service then counts rate limits in its own memory. Give Redis more memory, or find out what else uses it.',
    needs: ['redis-reply'],
    async run(context) {
      const shares = (await memoryOf(context))
        .filter((memory) => Number(memory.get('maxmemory')) > 0)
        .map((memory) => Number(memory.get('used_memory')) / Number(memory.get('maxmemory')));
      if (shares.length === 0) return passed('There is no memory limit');
      const share = Math.max(...shares);
      const message = `${Math.round(share * 100)} % of the memory is in use`;
      const fix = 'Give Redis more memory, or find out what else uses it';
      if (share > 0.95) return failed(message, fix);
      return share > 0.8 ? warning(message, fix) : passed(message);
    },
  },
];
