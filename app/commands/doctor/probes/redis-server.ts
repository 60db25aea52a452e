import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { isEncryptedRedis, parseSentinelUrl, redisNodes } from '../../../config/config.ts';
import { isCertificateError } from '../../../store/certificates.ts';
import { createTlsOptions, type RedisTls } from '../../../store/redis/tls-options.ts';
import { probeAddress, type Unreachable } from './address.ts';
import { certificateProblem } from './postgres.ts';

export type RedisServerProblem =
  | Unreachable
  | 'tls-wanted'
  | 'tls-offered'
  | 'tls-authority'
  | 'tls-name'
  | 'tls-expiry'
  | 'login';

/** Milliseconds for one answer. */
export const answerDeadline = 2_000;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Every server that the URL names. */
export function addressesOf(url: string): Address[] {
  const sentinel = parseSentinelUrl(url);
  const standard = sentinel ? 26_379 : 6379;
  return (sentinel?.sentinels ?? redisNodes(url)).map((node) => {
    const { hostname, port } = new URL(node);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || standard) };
  });
}

/** Whether the server answers a command in plain text: with a reply or with an error of Redis. */
function answersPlain(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(false), answerDeadline);
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (chunk) => finish(/^[+-]/.test(chunk.toString('latin1'))));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}

/** Resolves to null when TLS is established, otherwise to the error. */
function tryTls({ host, port }: Address, tls: RedisTls): Promise<unknown> {
  return new Promise((resolve) => {
    const options = createTlsOptions(tls)(isIP(host) ? undefined : host);
    // Copied, because the options read their files when they are used.
    const socket: TLSSocket = connectTls({ ...options, host, port });
    const finish = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(error);
    };
    const timer = setTimeout(() => finish(new Error('no TLS')), answerDeadline);
    socket.once('secureConnect', () => finish(null));
    socket.once('error', finish);
    socket.once('close', () => finish(new Error('no TLS')));
  });
}

export interface Found {
  readonly problem: RedisServerProblem;
  readonly detail: string;
}

async function findTlsProblem(address: Address, tls: RedisTls, isEncrypted: boolean): Promise<Found | null> {
  const where = `${address.host}, port ${address.port}`;
  if (!isEncrypted) {
    if (await answersPlain(address)) return null;
    const error = await tryTls(address, { ...tls, isUnverified: true });
    return error
      ? { problem: 'login', detail: `The server at ${where} does not answer as Redis does` }
      : {
          problem: 'tls-wanted',
          detail: `REDIS_URL is redis://, and the server at ${where} accepts TLS only`,
        };
  }
  const error = await tryTls(address, tls);
  if (!error) return null;
  if (isCertificateError(error)) {
    const detail = `The certificate of the server at ${where} is refused (${error.code})`;
    return { problem: certificateProblem(error.code), detail };
  }
  const detail = `REDIS_URL is rediss://, and the server at ${where} answers without TLS`;
  if (await answersPlain(address)) return { problem: 'tls-offered', detail };
  return { problem: 'login', detail: `TLS with the server at ${where} fails` };
}

/** The first problem of the servers that the URL names, before a login. */
export async function findServerProblem(url: string, tls: RedisTls): Promise<Found | null> {
  for (const address of addressesOf(url)) {
    const reached = await probeAddress(address);
    if (reached.problem) return { problem: reached.problem, detail: reached.detail };
    const found = await findTlsProblem(address, tls, isEncryptedRedis(url));
    if (found) return found;
  }
  return null;
}
