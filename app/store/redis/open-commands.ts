import { Cluster, type Redis } from 'ioredis';
import { interceptCommands } from './command-interceptor.ts';
import { modeOf } from './inspection.ts';
import { type Address, type IoredisConnection, isClusterUrl } from './ioredis-connection.ts';
import { openCluster } from './open-cluster.ts';
import { type CommandConnection, type CommandParts, openServer } from './open-server.ts';

const attempt = (connection: IoredisConnection): Promise<boolean> =>
  connection.connect().then(
    () => true,
    () => false,
  );

async function close({ connection, stop }: CommandConnection): Promise<void> {
  stop();
  await connection.quit().catch(() => undefined);
  connection.disconnect();
}

/**
 * A server named by one URL, which may turn out to be a node of a cluster. That is known only once the server answers,
 * which may be long after the start. All commands then go to the cluster: its node would answer most with MOVED.
 * @param onCluster called with the connection to the cluster, at most once
 */
function openUnknown(parts: CommandParts, onCluster: (cluster: CommandConnection) => void) {
  let isCluster = false;
  let onDetected: () => void;
  const detected = new Promise<void>((resolve) => {
    onDetected = resolve;
  });

  async function useCluster(): Promise<void> {
    if (isCluster) return;
    isCluster = true;
    const cluster = openCluster(parts);
    interceptCommands(server.connection, (command) => cluster.connection.sendCommand(command));
    server.stop();
    server.connection.disconnect();
    onCluster(cluster);
    await attempt(cluster.connection);
  }

  async function detect(connection: Redis): Promise<void> {
    const mode = await modeOf(connection);
    if (mode === 'cluster') await useCluster();
    if (mode === 'sentinel') parts.availability.lost('mode', new Error('ERR REDIS_URL names a sentinel'));
    onDetected();
    if (!isCluster) await parts.inspection.run(connection);
  }

  const server = openServer(parts, (connection) => void detect(connection));
  // A proxy in front of a cluster may hide the mode.
  interceptCommands(server.connection, (command, send) => {
    command.promise.catch((error: Error) => {
      if (error.message.startsWith('MOVED ')) void useCluster();
    });
    return send();
  });
  return { server, detected };
}

/** The connection for commands: to a server, to the master that sentinels name, or to a cluster. */
export function openCommands(parts: CommandParts) {
  let cluster: CommandConnection | null = null;
  const setCluster = (opened: CommandConnection): CommandConnection => {
    cluster = opened;
    return opened;
  };
  const { server, detected } = isClusterUrl(parts.target.url())
    ? { server: setCluster(openCluster(parts)), detected: Promise.resolve() }
    : openUnknown(parts, setCluster);
  const current = (): CommandConnection => cluster ?? server;

  return {
    connection: server.connection,
    isCluster: (): boolean => cluster !== null,
    /** The nodes of the cluster that the client knows. */
    nodes(): Address[] {
      const { connection } = current();
      const nodes = connection instanceof Cluster ? connection.nodes() : [];
      return nodes.map(({ options: { host = '', port = 0 } }) => ({ host, port }));
    },
    ping: async (): Promise<boolean> => parts.availability.isAvailable() && (await current().ping()),
    /** Resolves when the first attempt has failed, or when the connection can be used. */
    async connect(): Promise<void> {
      if (!(await attempt(server.connection))) return;
      await detected;
      await current().ping();
    },
    async close(): Promise<void> {
      parts.inspection.stop();
      await close(current());
    },
  };
}
