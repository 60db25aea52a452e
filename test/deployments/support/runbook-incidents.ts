import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logOfIncidents } from '../../runbooks/incident-log.ts';
import type { RunningService } from '../../runbooks/running-service.ts';
import { post } from '../../support/executable.ts';
import { pemPair } from '../../support/keys.ts';
import { start } from '../../support/process.ts';
import { openRedisKeys } from '../../support/redis-keys.ts';
import type { TestStores } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { newUserFields } from '../../support/users.ts';

/** Milliseconds. A process starts in a second or two, and in many more on a busy machine. */
const patience = 240_000;

const printed = ({ output }: RunningService, event: string): (() => boolean) => {
  const pattern = new RegExp(`"event":"${event}"`, 'g');
  const before = output().match(pattern)?.length ?? 0;
  return () => (output().match(pattern)?.length ?? 0) > before;
};

async function readiness({ metricsUrl }: RunningService): Promise<string> {
  const answer = await fetch(`${metricsUrl}/readyz`).catch(() => null);
  return (await answer?.text()) ?? '';
}

/** The service notices an outage by the queries that it sends, and its probe sends one. */
async function untilPrinted(service: RunningService, isPrinted: () => boolean): Promise<void> {
  await until(async () => {
    await readiness(service);
    return isPrinted();
  }, patience);
}

async function loseStores(service: RunningService): Promise<void> {
  for (const store of ['redis', 'postgres'] as const) {
    const [isLost, isBack] = [printed(service, `${store}_lost`), printed(service, `${store}_back`)];
    service[store].freeze();
    await untilPrinted(service, isLost);
    service[store].thaw();
    await untilPrinted(service, isBack);
  }
}

/** Somebody writes to Redis, and Postgres is lost. */
async function forgeStateCopy(service: RunningService): Promise<void> {
  const { email, password, username } = newUserFields();
  await post(`${service.url}/api/v1/auth/register`, { email, password, username });
  const { access_token } = await post(`${service.url}/api/v1/auth/login`, { email, password });
  const headers = { Authorization: `Bearer ${access_token}` };
  const check = () => fetch(`${service.url}/api/v1/users/me`, { headers }).catch(() => undefined);
  const keys = await openRedisKeys(service.redisUrl);
  const isRefused = printed(service, 'state_copy_refused');
  const copies = `${service.redisPrefix}signed-state:*`;
  await until(async () => {
    await check();
    return (await keys.find(copies)).length > 0;
  }, patience);
  service.postgres.freeze();
  await until(async () => {
    for (const key of await keys.find(copies)) await keys.connection.set(key, 'forged');
    await check();
    return isRefused();
  }, patience);
  service.postgres.thaw();
  // The breaker of Postgres may never have opened, so there may be no postgres_back.
  await until(async () => (await readiness(service)).includes('"status":"ready"'), patience);
  await keys.close();
}

async function exchangeKeys(service: RunningService): Promise<void> {
  const isChanged = printed(service, 'signing_keys_changed');
  writeFileSync(join(service.folder, 'public', 'next.pem'), pemPair('runbooks, next').publicPem);
  await until(isChanged, patience);
}

/** The advisory lock of migrations (app/store/postgres/migration-lock.ts), which every version uses. */
const migrationLock = 1_635_087_464;

/** The log of a migration that waits for another run. */
async function delayMigration({ env, roles }: RunningService): Promise<string> {
  const migration = await roles.ownerSql.begin(async (tx) => {
    await tx.unsafe(`select pg_advisory_xact_lock(${migrationLock})`);
    const waiting = start(['migrate'], { ...env, DB_MIGRATION_URL: `${roles.ownerUrl()}?sslmode=disable` });
    await waiting.printed(/"event":"migration_waits"/);
    return waiting;
  });
  await migration.ended;
  return migration.output();
}

/** Lets happen what the pages are about, and returns the log of all of it. */
export async function causeIncidents(service: RunningService, stores: TestStores): Promise<string> {
  const clients = await logOfIncidents(stores);
  await exchangeKeys(service);
  await loseStores(service);
  await forgeStateCopy(service);
  await service.crash();
  return `${clients}${await delayMigration(service)}${service.output()}`;
}
