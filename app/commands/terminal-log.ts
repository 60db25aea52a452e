import type { Config } from '../config/config.ts';
import { createLog, type Logger } from '../observe/log.ts';

/** JSON lines, or readable lines for a developer at a terminal. */
export async function openLog(config: Config): Promise<Logger> {
  if (config.environment !== 'development' || !process.stdout.isTTY) return createLog(config);
  try {
    const { default: pretty } = await import('pino-pretty');
    return createLog(
      config,
      pretty({ sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname,service' }),
    );
  } catch {
    // A production installation does not include pino-pretty.
    return createLog(config);
  }
}
