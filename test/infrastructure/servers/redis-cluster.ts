import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';
import { freePort, waitFor } from '../../../tools/torture/harness/process.ts';
import { type RedisProcess, startRedisProcess } from './redis-server.ts';

export interface RedisCluster {
  readonly masters: readonly RedisProcess[];
  readonly replicas: readonly RedisProcess[];
  /** The URLs of all masters, as REDIS_URL takes them. */
  readonly url: string;
}

const slotCount = 16_384;
const masterCount = 3;

async function startNode(cleanup: Cleanup, args: readonly string[]): Promise<RedisProcess> {
  return startRedisProcess({
    cleanup,
    args: [
      ...[
        '--cluster-enabled',
        'yes',
        '--cluster-config-file',
        'nodes.conf',
        '--cluster-node-timeout',
        '2000',
      ],
      ...['--cluster-port', String(await freePort()), ...args],
    ],
  });
}

const infoOf = async ({ client }: RedisProcess): Promise<string> => String(await client.cluster('INFO'));
const idOf = async ({ client }: RedisProcess): Promise<string> => String(await client.cluster('MYID'));

/** Every node knows all slots and all nodes. */
async function isComplete(nodes: readonly RedisProcess[]): Promise<boolean> {
  const infos = await Promise.all(nodes.map(infoOf));
  return infos.every(
    (info) => info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`),
  );
}

async function introduce(first: RedisProcess, nodes: readonly RedisProcess[]): Promise<void> {
  for (const { client, port } of nodes) {
    // The bus port is not the client port plus 10000, so it is named.
    const [busPort] = String(
      await client.config('GET', 'cluster-port').then((reply) => (reply as string[])[1]),
    ).split(' ');
    await first.client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort ?? '');
  }
}

/** Starts a cluster of three masters, each with `replicas` replicas. @param args of every node */
export async function startRedisCluster(
  cleanup: Cleanup,
  { replicas: replicaCount = 0, args = [] }: { replicas?: number; args?: readonly string[] } = {},
): Promise<RedisCluster> {
  const start = (count: number) => Promise.all(Array.from({ length: count }, () => startNode(cleanup, args)));
  const [masters, replicas] = await Promise.all([start(masterCount), start(masterCount * replicaCount)]);
  const nodes = [...masters, ...replicas];
  const [first] = masters;
  if (!first) throw new Error('there is no first master');
  const size = Math.ceil(slotCount / masterCount);
  for (const [n, { client }] of masters.entries()) {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', n * size, Math.min((n + 1) * size, slotCount) - 1);
  }
  await introduce(first, nodes.slice(1));
  await waitFor('the cluster', () => isComplete(nodes));
  for (const [n, { client }] of replicas.entries()) {
    const master = masters[n % masterCount];
    if (master) await client.cluster('REPLICATE', await idOf(master));
  }
  await waitFor('the replicas', async () => {
    const infos = await Promise.all(replicas.map(({ client }) => client.info('replication')));
    return infos.every((info) => info.includes('master_link_status:up'));
  });
  const url = masters.map(({ port }) => `redis://127.0.0.1:${port}`).join(',');
  return { masters, replicas, url };
}
