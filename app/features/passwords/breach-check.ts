import { createHash } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Where } from '../../observe/events/subject-fields.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';

/** @param where the request that sets the password, for the log; a command line has none */
export type IsBreached = (password: string, where?: Where) => Promise<boolean>;

/** Milliseconds of one query, from the name resolution to the last byte. */
const queryDeadline = 500;

/** Bytes of an answer. A range of all known breaches has about 1,000 lines and 45 KB. */
const maxAnswer = 512 * 1024;

/** After so many failures in a row, no query is sent for so many milliseconds: nobody waits for a server that is away. */
const maxFailures = 3;
const pause = 30_000;

/** Milliseconds between two log lines about failures. */
const logInterval = 60_000;

/** More queries wait for a connection within their deadline. Connections that nobody uses are closed. */
const connections = { keepAlive: true, maxSockets: 16, timeout: 10_000 };

/** Padding hides from an observer of the traffic how long the range is, and thereby which one it is. */
const headers = { 'User-Agent': 'auth-service', 'Add-Padding': 'true', Accept: 'text/plain' };

async function readText(response: IncomingMessage): Promise<string> {
  // A redirect is not followed, because it would lead to a server that the operator has not chosen.
  if (response.statusCode !== 200) throw new Error(`the answer has the status ${response.statusCode}`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > maxAnswer) throw new Error(`the answer has more than ${maxAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

function createRangeClient(base: string, deadline: number) {
  const { Agent, request } = base.startsWith('https:') ? https : http;
  const agent = new Agent(connections);

  /** @throws Error for an answer other than a text with status 200 within the deadline */
  return function getRange(prefix: string): Promise<string> {
    const url = new URL(base);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${prefix}`;
    return new Promise((resolve, reject) => {
      const query = request(url, { agent, headers, signal: AbortSignal.timeout(deadline) }, (response) => {
        readText(response).then(resolve, (error) => {
          query.destroy();
          reject(error);
        });
      });
      query.on('error', reject).end();
    });
  };
}

/** How often the suffix occurs in breaches. Lines of padding have the count 0. @throws Error if the text is no range */
function countIn(range: string, suffix: string): number {
  const lines = range.split(/\r?\n/).filter(Boolean);
  if (!lines.every((line) => /^[0-9A-F]{35}:\d+$/i.test(line))) throw new Error('the answer is no range');
  const found = lines.find((line) => line.slice(0, suffix.length).toUpperCase() === suffix);
  return Number(found?.slice(suffix.length + 1) ?? 0);
}

/**
 * Asks a server of the range protocol of Have I Been Pwned for a password (ASVS 6.2.12). Only the first five hexadecimal
 * digits of its SHA-1 leave the process, which about a thousand breached passwords share.
 *
 * A server that fails or is slow must not keep users from setting a password, so the password is then accepted. The
 * metric counts these cases.
 * @param options.url without it nothing is asked
 * @param options.deadline milliseconds @default 500
 */
export function createBreachCheck(options: {
  url: string | undefined;
  log: Logger;
  metrics: Pick<Metrics, 'breachChecks'>;
  deadline?: number;
}): IsBreached {
  const { url, log, metrics, deadline = queryDeadline } = options;
  if (url === undefined) return async () => false;
  const getRange = createRangeClient(url, deadline);
  let failures = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let silentUntil = Number.NEGATIVE_INFINITY;

  function onFailure(error: unknown, where: Where | undefined): void {
    const now = performance.now();
    failures += 1;
    if (failures >= maxFailures) pausedUntil = now + pause;
    metrics.breachChecks.inc({ result: 'failed' });
    if (now < silentUntil) return;
    silentUntil = now + logInterval;
    const message = 'a password was accepted without the check for breaches, because the query failed';
    log.warn({ event: 'breach_check_failed', ...where, err: error }, message);
  }

  return async function isBreached(password, where) {
    if (performance.now() < pausedUntil) {
      metrics.breachChecks.inc({ result: 'skipped' });
      return false;
    }
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
    try {
      const isFound = countIn(await getRange(hash.slice(0, 5)), hash.slice(5)) > 0;
      failures = 0;
      metrics.breachChecks.inc({ result: isFound ? 'breached' : 'clear' });
      return isFound;
    } catch (error) {
      onFailure(error, where);
      return false;
    }
  };
}
