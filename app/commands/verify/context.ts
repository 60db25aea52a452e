import { randomUUID } from 'node:crypto';
import type { Finding } from '../checks/check.ts';
import { type Check, skipped } from '../checks/check.ts';
import type { ThrowAwayAccount } from './account/throw-away-account.ts';
import type { HttpClient, Reply } from './http/client.ts';
import type { Target } from './http/target.ts';
import type { Handshake } from './http/tls-handshake.ts';
import { shakeHands } from './http/tls-handshake.ts';
import type { VerifyOptions } from './options.ts';

/** What the checks of the public side share: each answer is asked for once and remembered. */
export interface VerifyContext {
  readonly target: Target;
  readonly options: VerifyOptions;
  readonly http: HttpClient;
  readonly account: ThrowAwayAccount;
  /** The refresh tokens of the second login, the oldest first; filled by the check `refresh`. */
  readonly refreshTokens: string[];
  health(): Promise<Reply>;
  readiness(): Promise<Reply>;
  jwks(): Promise<Reply>;
  /** The login of an account that cannot exist. */
  refusedLogin(): Promise<Reply>;
  handshake(): Promise<Handshake>;
  /** Forgets the answers, but not the account. */
  forget(): void;
}

export type VerifyCheck = Check<VerifyContext>;

/**
 * RFC 6761 reserves the domain `invalid`, so nobody can have this address. Each run has another one, because the attempts
 * of all runs would use up the attempts of one address.
 */
const createUnknownEmail = (): string => `nobody-${randomUUID()}@verify.invalid`;

export function createVerifyContext(
  parts: Pick<VerifyContext, 'target' | 'options' | 'http' | 'account'>,
): VerifyContext {
  const { http, target } = parts;
  const remembered = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>) =>
    function remember(): Promise<T> {
      const answer = remembered.get(key) ?? ask();
      remembered.set(key, answer);
      // reason: each key has one function, and with it one type.
      return answer as Promise<T>;
    };
  const get = (path: string) => once(path, () => http.send({ path }));
  return {
    ...parts,
    refreshTokens: [],
    health: once('health', () =>
      http.send({ path: '/api/v1/health', headers: { 'x-request-id': randomUUID() } }),
    ),
    readiness: get('/api/v1/health/ready'),
    jwks: get('/.well-known/jwks.json'),
    refusedLogin: once('refused login', () =>
      http.send({
        method: 'POST',
        path: '/api/v1/auth/login',
        json: { email: createUnknownEmail(), password: 'not a password of anybody' },
      }),
    ),
    handshake: once('handshake', () => shakeHands(target, { min: 'TLSv1', max: 'TLSv1.3' })),
    forget: () => remembered.clear(),
  };
}

/** A check of HTTPS, which does not apply to plain HTTP. */
export const onHttps =
  (run: VerifyCheck['run']): VerifyCheck['run'] =>
  async (context) =>
    context.target.isHttps ? run(context) : skipped('The URL is plain HTTP');

/** A check that creates or changes something. */
export const withAccount =
  (run: VerifyCheck['run']): VerifyCheck['run'] =>
  async (context): Promise<Finding> =>
    context.options.isReadOnly ? skipped('--read-only creates no account') : run(context);
