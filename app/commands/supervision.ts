import { type Command, Option } from 'commander';
import { wholeNumber } from './option-formats.ts';

/** What a process that serves gets from its supervisor. */
export interface Supervision {
  /** Inherited descriptors of sockets that are bound to PORT and METRICS_PORT. Without one the service opens the port. */
  readonly sockets: { readonly api?: number | undefined; readonly metrics?: number | undefined };
  /** How often the supervisor has started the service again. */
  readonly restarts: number;
  /** Called when the service accepts requests: from now on the supervisor starts it again if it ends by itself. */
  readonly reportListening: () => void;
}

export const unsupervised: Supervision = { sockets: {}, restarts: 0, reportListening: () => undefined };

/** The options that the supervisor passes to the process that serves (supervisor/supervise.ts). */
export interface SupervisionOptions {
  readonly restarts?: number;
  readonly apiSocket?: number;
  readonly metricsSocket?: number;
}

/** Adds the options, which the help does not show. */
export function addSupervisionOptions(command: Command): Command {
  const hidden = (flags: string, what: string): Option =>
    new Option(flags, what).argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER)).hideHelp();
  return command
    .addOption(hidden('--restarts <count>', 'how often the supervisor has started the service again'))
    .addOption(hidden('--api-socket <descriptor>', 'inherited socket that is bound to PORT'))
    .addOption(hidden('--metrics-socket <descriptor>', 'inherited socket that is bound to METRICS_PORT'));
}

/**
 * Without a supervisor nobody passes a stop signal on or starts the service again, so the service then stops as well.
 * This happens outside of containers only, because the end of process 1 ends the whole container.
 */
function stopWithSupervisor(): void {
  const stop = (): boolean => process.kill(process.pid, 'SIGTERM');
  if (process.connected) process.once('disconnect', stop);
  else stop();
}

/** Call it when the stop signals have their handlers. */
export function supervisionOf({ apiSocket, metricsSocket, restarts }: SupervisionOptions): Supervision {
  if (restarts === undefined) return unsupervised;
  stopWithSupervisor();
  return {
    sockets: { api: apiSocket, metrics: metricsSocket },
    restarts,
    // The supervisor may end at any time, which is no error of this message.
    reportListening: () => void process.send?.('listening', undefined, undefined, () => undefined),
  };
}
