import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';
import { freePort, startProcess, waitFor } from '../../../tools/torture/harness/process.ts';
import type { Certificate } from '../../support/certificates.ts';
import { answers, type RedisProcess, serverFolder, startRedisProcess } from './redis-server.ts';

export interface RedisSentinels {
  readonly master: RedisProcess;
  readonly replica: RedisProcess;
  /** The URL of the master, by way of all sentinels. */
  readonly url: string;
  /** The port of the master as the sentinels know it now. */
  masterPort(): Promise<number>;
  /** Moves the role of the master to the replica while both servers run. */
  failOver(): Promise<void>;
}

interface SentinelOptions {
  /** Of Redis. The URL contains it. */
  readonly password?: string;
  /** Of the sentinels themselves. */
  readonly sentinelPassword?: string;
  /** All servers then accept TLS with client certificates only. */
  readonly tls?: { readonly ca: Certificate; readonly own: Certificate };
}

const masterName = 'mymaster';
const sentinelCount = 3;

async function startSentinel(
  cleanup: Cleanup,
  master: RedisProcess,
  options: SentinelOptions,
): Promise<Redis> {
  const folder = serverFolder(cleanup);
  const port = await freePort();
  const { password, sentinelPassword, tls } = options;
  const lines = [
    ...(tls ? ['port 0', `tls-port ${port}`, ...tlsLines(tls)] : [`port ${port}`]),
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds ${masterName} 1000`,
    `sentinel failover-timeout ${masterName} 5000`,
    ...(password ? [`sentinel auth-pass ${masterName} ${password}`] : []),
    ...(sentinelPassword ? [`requirepass ${sentinelPassword}`] : []),
  ];
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const server = startProcess(['redis-sentinel', file], { logFile: join(folder, 'sentinel.log') });
  const client = new Redis(port, '127.0.0.1', {
    retryStrategy: () => 50,
    ...(sentinelPassword ? { password: sentinelPassword } : {}),
    ...clientTls(tls),
  });
  client.on('error', () => undefined);
  cleanup.add(async () => {
    client.disconnect();
    await server.stop('SIGKILL');
  });
  await waitFor('the sentinel', () => answers(client));
  return client;
}

type Tls = SentinelOptions['tls'];

const tlsLines = ({ ca, own }: NonNullable<Tls>): string[] => [
  ...[`tls-cert-file ${own.certFile}`, `tls-key-file ${own.keyFile}`, `tls-ca-cert-file ${ca.certFile}`],
  ...['tls-auth-clients yes', 'tls-replication yes'],
];

const clientTls = (tls: Tls) =>
  tls ? { tls: { ca: tls.ca.cert, cert: tls.own.cert, key: tls.own.key } } : {};

const knowsTheOthers = async (sentinel: Redis): Promise<boolean> => {
  const [replicas, sentinels] = await Promise.all([
    sentinel.call('SENTINEL', 'REPLICAS', masterName),
    sentinel.call('SENTINEL', 'SENTINELS', masterName),
  ]);
  return [replicas, sentinels].map((list) => (list as unknown[]).length).join() === `1,${sentinelCount - 1}`;
};

/** Starts a master, a replica and three sentinels, which fail over after one second. */
export async function startRedisSentinels(
  cleanup: Cleanup,
  options: SentinelOptions = {},
): Promise<RedisSentinels> {
  const { password, tls } = options;
  const args = [
    ...(password ? ['--requirepass', password, '--masterauth', password] : []),
    ...(tls ? tlsLines(tls).flatMap((line) => `--${line}`.split(' ')) : []),
  ];
  const client = { ...(password ? { password } : {}), ...clientTls(tls) };
  const start = (more: readonly string[] = []) =>
    startRedisProcess({ cleanup, args: [...args, '--repl-diskless-sync-delay', '0', ...more], client });
  const master = await start();
  const replica = await start(['--replicaof', `127.0.0.1 ${master.port}`]);
  await waitFor('the replica', async () =>
    (await replica.client.info('replication')).includes('master_link_status:up'),
  );
  const sentinels = await Promise.all(
    Array.from({ length: sentinelCount }, () => startSentinel(cleanup, master, options)),
  );
  await waitFor('the sentinels', async () =>
    (await Promise.all(sentinels.map(knowsTheOthers))).every(Boolean),
  );
  const hosts = sentinels.map(({ options: { port } }) => `127.0.0.1:${port}`).join(',');
  const [first] = sentinels;
  if (!first) throw new Error('there is no sentinel');
  return {
    master,
    replica,
    url: `${tls ? 'rediss' : 'redis'}+sentinel://${password ? `:${password}@` : ''}${hosts}/${masterName}/0`,
    async masterPort() {
      const reply = await first.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName);
      return Number(Array.isArray(reply) ? reply[1] : Number.NaN);
    },
    failOver: async () => void (await first.call('SENTINEL', 'FAILOVER', masterName)),
  };
}
