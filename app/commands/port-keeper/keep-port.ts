import { once } from 'node:events';
import { nextStopSignal } from '../stop-signal.ts';
import { formatLine } from './format-line.ts';
import { createPortKeeper, keeperLimits } from './port-keeper.ts';

// This file runs in a process of its own beside the service. It imports nothing of the service but the plain functions that
// format a line of the log, so that this process needs little memory.

/** Connections that the service may dial at once, one for each connection that waits. */
const backlog = keeperLimits.connections;

/**
 * Keeps the port of a service of the same network namespace open while the service is away, until SIGTERM or SIGINT. The
 * service connects to KEEPER_PORT of the loopback interface.
 */
export async function keepPort(): Promise<void> {
  const stopSignal = nextStopSignal();
  const { server, stop } = createPortKeeper({
    limits: keeperLimits,
    log: (level, fields, message) =>
      void process.stdout.write(`${formatLine(process.env, level, fields, message)}\n`),
  });
  server.listen({ host: '127.0.0.1', port: Number(process.env.KEEPER_PORT?.trim() || '9465'), backlog });
  await once(server, 'listening');
  await stopSignal;
  await stop();
}
