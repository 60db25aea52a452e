import type { Config } from '../config/config.ts';
import { createLog, type Logger } from '../observe/log.ts';

/** JSON lines, except for a developer who watches a terminal. */
export async function openLog(config: Config): Promise<Logger> {
  if (config.environment !== 'development' || !process.stdout.isTTY) return createLog(config);
  try {
    const { default: pretty } = await import('pino-pretty');
    return createLog(
      config,
      pretty({ sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname,service' }),
    );
  } catch {
    // A production install does not carry the pretty printer.
    return createLog(config);
  }
}
