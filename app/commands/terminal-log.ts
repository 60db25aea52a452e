import { destination } from 'pino';
import type { Config } from '../config/config.ts';
import { createLog, type Logger } from '../observe/log.ts';

/** File descriptors of the standard streams. */
const [standardOutput, standardError] = [1, 2];

/** Null where pino-pretty is missing, because an installation for production does not include it. */
async function openPretty(config: Config, fd: number): Promise<Logger | null> {
  try {
    const { default: pretty } = await import('pino-pretty');
    const options = {
      sync: true,
      translateTime: 'HH:MM:ss',
      ignore: 'pid,hostname,service',
      destination: fd,
    };
    return createLog(config, pretty(options));
  } catch {
    return null;
  }
}

/**
 * Opens the log in the format of LOG_FORMAT. Without the variable it is JSON, and readable text for a developer at a
 * terminal.
 */
export async function openLog(config: Config, isOnStandardError: boolean, version: string): Promise<Logger> {
  const fd = isOnStandardError ? standardError : standardOutput;
  const stream = isOnStandardError ? process.stderr : process.stdout;
  const isDeveloper = config.environment === 'development' && stream.isTTY;
  const isDemanded = config.logFormat === 'pretty';
  const isPretty = isDemanded || (config.logFormat === undefined && isDeveloper);
  const pretty = isPretty ? await openPretty(config, fd) : null;
  if (pretty) return pretty;
  const log = createLog(config, destination(fd), version);
  if (isDemanded) {
    const message = 'LOG_FORMAT=pretty needs the package pino-pretty: the log is JSON';
    log.warn({ event: 'log_format_unavailable', format: 'pretty' }, message);
  }
  return log;
}
