import { destination } from 'pino';
import type { Config } from '../config/config.ts';
import { createLog, type Logger } from '../observe/log.ts';

/** File descriptors of the standard streams. */
const [standardOutput, standardError] = [1, 2];

/** JSON lines, or readable lines for a developer at a terminal. */
export async function openLog(config: Config, isOnStandardError: boolean): Promise<Logger> {
  const fd = isOnStandardError ? standardError : standardOutput;
  const stream = isOnStandardError ? process.stderr : process.stdout;
  if (config.environment !== 'development' || !stream.isTTY) return createLog(config, destination(fd));
  try {
    const { default: pretty } = await import('pino-pretty');
    return createLog(
      config,
      pretty({ sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname,service', destination: fd }),
    );
  } catch {
    // A production installation does not include pino-pretty.
    return createLog(config, destination(fd));
  }
}
