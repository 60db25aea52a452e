import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stores } from '../../app/open-stores.ts';
import type { Database } from '../../app/store/postgres/database.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { newNetwork } from '../support/networks.ts';
import type { TestStores } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logInNewAdmin, newUserFields } from '../support/users.ts';

/** The address of the pages that guesses passwords. */
export const guesser = '203.0.113.7';

interface Disturbance {
  /** Milliseconds that each query takes longer. */
  delay: number;
  /** What each query fails with. */
  error: Error | null;
}

/** The same stores. Queries are slow, or fail with an error of Postgres that nothing expects. */
function disturbed(stores: Stores): { stores: Stores; disturbance: Disturbance } {
  const disturbance: Disturbance = { delay: 0, error: null };
  const { database: real } = stores;
  const database: Database = {
    ...real,
    async query(name, params) {
      if (disturbance.delay > 0) await sleep(disturbance.delay);
      if (disturbance.error) throw disturbance.error;
      return real.query(name, params);
    },
  };
  return { disturbance, stores: { ...stores, database, replica: database } };
}

interface Credentials {
  readonly email: string;
  readonly password: string;
}

const from = (ip: string, userAgent = 'test') => ({ 'X-Forwarded-For': ip, 'User-Agent': userAgent });

const login = (app: TestApp, { email, password }: Credentials, ip: string = newNetwork()) =>
  app.ask('POST /api/v1/auth/login', { body: { email, password }, headers: from(ip) });

async function register(app: TestApp) {
  const user = newUserFields();
  await app.ask('POST /api/v1/auth/register', { body: user, headers: from(newNetwork()) });
  return user;
}

async function guess(app: TestApp): Promise<void> {
  const user = await register(app);
  for (const _ of [1, 2, 3])
    await login(app, { email: newUserFields().email, password: user.password }, guesser);
  await login(app, { ...user, password: 'wrong' }, guesser);
  await login(app, user, guesser);
  const attacked = await register(app);
  // Ten attempts for everybody, one attempt slot, and refusals.
  await Promise.all(Array.from({ length: 14 }, () => login(app, { ...attacked, password: 'wrong' })));
}

async function misuseRefreshTokens(app: TestApp): Promise<void> {
  const refresh = (refresh_token: string, ip: string) =>
    app.ask('POST /api/v1/auth/refresh', { body: { refresh_token }, headers: from(ip) });
  const home = newNetwork();
  const tokenOf = async (): Promise<string> =>
    (await login(app, await register(app), home)).body.data.refresh_token;
  const reused = await tokenOf();
  const next = (await refresh(reused, home)).body.data.refresh_token;
  await refresh(next, home);
  await refresh(reused, home);
  const shared = await tokenOf();
  await refresh(shared, home);
  await refresh(shared, guesser);
}

/** A client that disconnects while its login runs. The line of its request appears when the login has ended. */
async function abandon(app: TestApp, { email, password }: Credentials): Promise<void> {
  const text = JSON.stringify({ email, password });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': text.length,
    ...from(newNetwork()),
  };
  const sent = request({
    port: app.port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/v1/auth/login',
    headers,
  });
  sent.on('error', () => undefined);
  sent.end(text);
  await until(async () => (await app.metrics.requestsInFlight.get()).values.some(({ value }) => value > 0));
  sent.destroy();
  await until(() => app.logged().some(({ status }) => status === 499));
}

/**
 * Runs the service, lets it be attacked and disturbed, and returns its log: the events that clients and a slow or failing
 * Postgres cause. Events of the process and of lost connections are not among them.
 */
export async function logOfIncidents(stores: TestStores): Promise<string> {
  const { disturbance, stores: disturbedStores } = disturbed(stores);
  const variables = { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1', ALLOWED_HOSTS: '127.0.0.1' };
  const app = await startApp(disturbedStores, variables);
  try {
    const admin = await logInNewAdmin(app);
    const user = await register(app);
    await app.ask(`POST /api/v1/admin/users/${admin.id}/unlock`, { token: admin.access });
    await guess(app);
    await misuseRefreshTokens(app);
    await app.ask('GET /api/v1/users/me', { headers: { Host: 'unknown.example.com' } });
    await app.ask('POST /api/v1/auth/login', { raw: '{', headers: { 'Content-Type': 'application/json' } });
    disturbance.delay = 300;
    await login(app, user);
    await abandon(app, user);
    disturbance.delay = 0;
    disturbance.error = Object.assign(new Error('canceling statement due to statement timeout'), {
      code: '57014',
    });
    await login(app, user);
    disturbance.error = null;
  } finally {
    await app.close();
  }
  return `${app
    .logged()
    .map((line) => JSON.stringify(line))
    .join('\n')}\n`;
}
