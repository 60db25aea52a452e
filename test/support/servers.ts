import { connect } from 'node:net';
import { userInfo } from 'node:os';
import postgres from 'postgres';

/** Milliseconds. Loading modules may block the event loop for some time. */
const connectTimeout = 10_000;

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: connectTimeout });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });
}

/** The URL of another database of the same server. */
export function withDatabase(serverUrl: string | null, name: string): string {
  const url = new URL(serverUrl ?? '');
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement, or several in one transaction, on the server that the URL names. */
export async function runOn(url: string, statement: string): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: connectTimeout / 1000,
    // Nobody waits for the query that reads the types, so an error of it would end the process.
    fetch_types: false,
    onnotice: () => undefined,
  });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function accepts(url: string): Promise<boolean> {
  try {
    await runOn(url, 'select 1');
    return true;
  } catch {
    return false;
  }
}

/** TEST_DATABASE_URL, which must answer, or a server on 127.0.0.1 that trusts one of the usual users; else null. */
export async function findPostgres(): Promise<string | null> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    await runOn(given, 'select 1');
    return given;
  }
  if (!(await answers(5432))) return null;
  for (const user of [...new Set([userInfo().username, 'postgres', 'root'])]) {
    const url = `postgresql://${encodeURIComponent(user)}@127.0.0.1:5432/postgres`;
    if (await accepts(url)) return url;
  }
  return null;
}

/**
 * TEST_ADMIN_DATABASE_URL: a direct connection to the server, where TEST_DATABASE_URL names a pooler in front of it.
 * @param serverUrl the result of findPostgres
 */
export const findAdmin = (serverUrl: string | null): string | null =>
  process.env.TEST_ADMIN_DATABASE_URL || serverUrl;

/** TEST_REDIS_URL, or the server on 127.0.0.1; else null. */
export async function findRedis(): Promise<string | null> {
  return process.env.TEST_REDIS_URL || ((await answers(6379)) ? 'redis://127.0.0.1:6379' : null);
}
