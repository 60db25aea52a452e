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

/** What a server does with a command in plain text: it answers as Redis, ends the connection, or does nothing. */
type PlainAnswer = 'redis' | 'other' | 'nothing';

function askPlain(address: Address): Promise<PlainAnswer> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const finish = (answer: PlainAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish('nothing'), answerDeadline);
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (chunk) => finish(/^[+-]/.test(chunk.toString('latin1')) ? 'redis' : 'other'));
    socket.once('error', () => finish('other'));
    socket.once('close', () => finish('other'));
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

async function findPlainProblem(address: Address, where: string, tls: RedisTls): Promise<Found | null> {
  const answer = await askPlain(address);
  if (answer === 'redis') return null;
  if ((await tryTls(address, { ...tls, isUnverified: true })) === null)
    return {
      problem: 'tls-wanted',
      detail: `REDIS_URL is redis://, and the server at ${where} accepts TLS only`,
    };
  return answer === 'nothing'
    ? { problem: 'silent', detail: `The server at ${where} accepts connections and does not answer` }
    : { problem: 'login', detail: `The server at ${where} does not answer as Redis does` };
}

async function findTlsProblem(address: Address, where: string, tls: RedisTls): Promise<Found | null> {
  const error = await tryTls(address, tls);
  if (!error) return null;
  if (isCertificateError(error)) {
    const detail = `The certificate of the server at ${where} is refused (${error.code})`;
    return { problem: certificateProblem(error.code), detail };
  }
  const answer = await askPlain(address);
  if (answer === 'redis')
    return {
      problem: 'tls-offered',
      detail: `REDIS_URL is rediss://, and the server at ${where} answers without TLS`,
    };
  return answer === 'nothing'
    ? { problem: 'silent', detail: `The server at ${where} accepts connections and does not answer` }
    : { problem: 'login', detail: `TLS with the server at ${where} fails` };
}

/** The first problem of the servers that the URL names, before a login. */
export async function findServerProblem(url: string, tls: RedisTls): Promise<Found | null> {
  for (const address of addressesOf(url)) {
    const reached = await probeAddress(address);
    if (reached.problem) return { problem: reached.problem, detail: reached.detail };
    const find = isEncryptedRedis(url) ? findTlsProblem : findPlainProblem;
    const found = await find(address, `${address.host}, port ${address.port}`, tls);
    if (found) return found;
  }
  return null;
}
