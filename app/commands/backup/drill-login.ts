import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compose } from '../../compose.ts';
import type { Config } from '../../config/config.ts';
import { createReadiness } from '../../features/health/readiness.ts';
import { generatePair } from '../../features/tokens/pem-keys.ts';
import { openSigningKeys } from '../../features/tokens/signing-keys.ts';
import type { Logger } from '../../observe/log.ts';
import { createMetrics } from '../../observe/metrics.ts';
import { openStores } from '../../open-stores.ts';

/** A key of its own: the drill must not need the signing key, and no token of it may be valid elsewhere. */
async function withOwnKey(config: Config): Promise<Config> {
  const { privatePem, publicPem } = await generatePair('ES256', 0);
  const pair = { privateKey: () => privatePem, publicKey: () => publicPem };
  return { ...config, jwt: { ...config.jwt, algorithm: 'ES256', ...pair } };
}

async function ask(url: string, method: string, body: object | null, token?: string) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  // reason: the answers of this service are objects; a wrong one fails the drill.
  const answer = (await response.json()) as { code?: string; data: Record<string, string> };
  if (!response.ok)
    throw new Error(`${method} ${new URL(url).pathname} answered ${response.status} ${answer.code}`);
  return answer.data;
}

/** Registers an account, logs in, and asks who is logged in. @throws Error when an answer is not as expected */
async function useService(origin: string): Promise<void> {
  const username = `drill${randomUUID().slice(0, 8)}`;
  const email = `${username}@drill.invalid`;
  const password = randomBytes(24).toString('base64url');
  const api = `${origin}/api/v1`;
  await ask(`${api}/auth/register`, 'POST', { email, username, password });
  const tokens = await ask(`${api}/auth/login`, 'POST', { email, password });
  const me = await ask(`${api}/users/me`, 'GET', null, tokens.access_token);
  if (me.email !== email) throw new Error('the service answered with another account after the login');
  await ask(`${api}/auth/refresh`, 'POST', { refresh_token: tokens.refresh_token });
}

/** Starts the service in this process on the database of `config`, with Redis in memory, and logs a new account in. */
export async function logInOnce(given: Config, log: Logger, version: string): Promise<void> {
  const config = await withOwnKey(given);
  const keys = await openSigningKeys(config, log);
  const stores = await openStores(config, log);
  const readiness = createReadiness(stores, keys, () => false);
  const metrics = createMetrics(version);
  const app = await compose({ config, stores, keys, log, metrics, version, readiness });
  const server = createServer(app.callback());
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // reason: a listening TCP server has such an address.
    await useService(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    keys.close();
    await stores.close();
  }
}
