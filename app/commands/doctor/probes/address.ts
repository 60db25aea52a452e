import { lookup } from 'node:dns/promises';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for the name, and for the connection. A firewall that drops packets costs at most this much. */
export const connectDeadline = 3_000;

/** Why no connection to an address exists: the name has no address, nobody listens, or nobody answers. */
export type Unreachable = 'dns' | 'refused' | 'silent';

export interface Reached {
  readonly problem: Unreachable | null;
  /** A sentence without a full stop. */
  readonly detail: string;
}

/** The code of a Node.js error, or an empty text. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** A server that answers in this way exists, and does not let us in. */
const refusals = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EACCES', 'EPERM']);

export const isRefusal = (error: unknown): boolean => refusals.has(codeOf(error));

/** Whether the name cannot be resolved, or the error says so. */
export const isNameError = (error: unknown): boolean => /^(ENOTFOUND|EAI_\w+|ENODATA)$/.test(codeOf(error));

/** Resolves to null after the deadline. The work goes on, and nobody waits for it. */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
  const done = new AbortController();
  work.catch(() => undefined);
  const deadline = sleep(milliseconds, null, { signal: done.signal }).catch(() => null);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    done.abort();
  }
}

function connected(address: NetConnectOpts): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), connectDeadline);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

async function resolveName(host: string): Promise<Reached | null> {
  try {
    const found = await withDeadline(lookup(host), connectDeadline);
    if (found) return null;
    return { problem: 'dns', detail: `The resolver does not answer for the name ${host}` };
  } catch (error) {
    return { problem: 'dns', detail: `The name ${host} has no address (${codeOf(error)})` };
  }
}

/** Resolves the name, opens one connection and closes it. */
export async function probeAddress(address: {
  host: string;
  port: number;
  path?: string | undefined;
}): Promise<Reached> {
  const { host, port, path } = address;
  const where = path ?? `${host}, port ${port}`;
  const unresolved = path ? null : await resolveName(host);
  if (unresolved) return unresolved;
  try {
    const socket = await connected(path ? { path } : { host, port });
    socket.destroy();
    return { problem: null, detail: `A connection to ${where} can be opened` };
  } catch (error) {
    const code = codeOf(error);
    if (isRefusal(error))
      return { problem: 'refused', detail: `The connection to ${where} is refused (${code})` };
    return { problem: 'silent', detail: `Nobody answers at ${where} within ${connectDeadline / 1000} s` };
  }
}
