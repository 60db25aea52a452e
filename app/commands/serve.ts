import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compose } from '../compose.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { reportHistoryProtection } from '../features/audit/history-protection.ts';
import { createReadiness } from '../features/health/readiness.ts';
import { createReadinessLog } from '../features/health/readiness-log.ts';
import { openLoginAccounts } from '../features/login/login-accounts.ts';
import { openSigningKeys, type SigningKeys } from '../features/tokens/signing-keys.ts';
import { startManagementServer } from '../http/management/management-server.ts';
import { closeServer, createApiServer, listen } from '../http/server/server.ts';
import { startBackgroundJobs } from '../jobs/background-jobs.ts';
import { startPeriodicJob } from '../jobs/periodic-job.ts';
import { readRevokedKeys } from '../jobs/read-revoked-keys.ts';
import { readStateSecret } from '../jobs/read-state-secret.ts';
import type { Logger } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { openTracing } from '../observe/open-tracing.ts';
import { createStoreObserver } from '../observe/store-observer.ts';
import { storeSpans } from '../observe/tracing.ts';
import { openStores, type Stores } from '../open-stores.ts';
import { isSchemaCurrent } from '../store/postgres/schema-check.ts';
import { createStore } from '../store/store.ts';
import { listenWithKeeper } from './keeper-client.ts';
import { authority } from './listen-address.ts';

/** Milliseconds of SHUTDOWN_TIMEOUT that are reserved for closing the connection pools. */
const closingReserve = 1_000;

/**
 * Milliseconds between two checks of the stores, for the other replicas and for the management listener, which may use a
 * check for ten seconds.
 */
const readinessInterval = 2_000;

interface ServeOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly version: string;
  readonly isDraining: () => boolean;
}

type Service = Awaited<ReturnType<typeof startService>>;

/**
 * Serves until the stop signal, then drains and closes everything. After a signal during the start it resolves at once:
 * an interrupted start leaves nothing that a killed process would not leave too, and the next start handles that.
 */
export async function serveCommand(
  config: Config,
  log: Logger,
  version: string,
  stopSignal: Promise<NodeJS.Signals>,
): Promise<void> {
  let draining = false;
  const stopped = stopSignal.then((signal) => {
    log.info({ event: 'signal', signal }, `received ${signal}`);
    return null;
  });
  const service = await Promise.race([
    startService({ config, log, version, isDraining: () => draining }),
    stopped,
  ]);
  if (!service) {
    log.info({ event: 'stopped' }, 'stopped while starting');
    return;
  }
  await stopped;
  draining = true;
  service.publishDraining();
  log.info(
    { event: 'draining', drainDelay: config.shutdown.drainDelay },
    'the process is draining: readiness fails, and requests are still served',
  );
  await shutDown(service, config.shutdown);
  log.info({ event: 'stopped' }, 'stopped');
}

async function startService(options: ServeOptions) {
  const { config, log, version, isDraining } = options;
  const onLost = (spans: number): void => metrics.spansLost.inc(spans);
  const tracing = await openTracing({ ...config.tracing, version, onLost });
  const metrics = createMetrics(version, tracing.isOn ? tracing.traceId : undefined);
  const keys = await openSigningKeys(config, log);
  const spans = tracing.isOn ? storeSpans(tracing) : undefined;
  const stores = await openStores(config, log, createStoreObserver(metrics, spans));
  if (!(await isSchemaCurrent(stores.database))) {
    throw new Error('the database lacks migrations of this version: run the command migrate first');
  }
  const store = createStore(stores.database);
  await readRevokedKeys(store, keys);
  refuseRevokedSigner(keys, config);
  const readiness = createReadiness(stores, keys, isDraining, config.readiness);
  let stateSecret = await readStateSecret(store);
  const loginAccounts = await openLoginAccounts({ store, redis: stores.redis, metrics });
  const parts = { stores, keys, metrics, tracing, readiness, loginAccounts, stateSecret: () => stateSecret };
  const app = await compose({ ...options, ...parts });
  const api = createApiServer(app, { ...options, metrics });
  const knowsOwner = config.migrations.ownerUrl !== null;
  // The embedded Postgres has one role.
  if (config.database.url) await reportHistoryProtection({ store, log, metrics, knowsOwner });
  const onStateSecret = (secret: Buffer): void => {
    stateSecret = secret;
  };
  const jobs = { store, redis: stores.redis, keys, metrics, log, loginAccounts, onStateSecret };
  const stopJobs = startBackgroundJobs(jobs);
  const { host, keeperPort, port, metricsPort } = config.http;
  const management =
    metricsPort === null ? null : await startManagementServer({ host, port: metricsPort, metrics });
  const open = (): Promise<number> => listen(api, port, host);
  const apiPort =
    keeperPort === null ? await open() : await listenWithKeeper({ server: api, keeperPort, log }, open);
  logStart(options, stores, { metrics: management?.port ?? null, api: apiPort });
  // A replica is ready only after it accepts requests.
  const logReadiness = createReadinessLog(log);
  const publishing = startPeriodicJob(async () => {
    const answer = await readiness.check();
    logReadiness(answer);
    management?.publish(answer);
  }, readinessInterval);
  return {
    ...{ tracing, keys, stores, api, management },
    publishDraining: () => management?.publish(readiness.current()),
    stopJobs: () => Promise.all([stopJobs(), publishing.stop()]),
  };
}

/** @throws ConfigError: a process that can sign no token must not join the others */
function refuseRevokedSigner(keys: SigningKeys, { jwt }: Config): void {
  if (keys.canSign()) return;
  const name = jwt.algorithm === 'HS256' ? 'JWT_SECRET_KEY' : 'JWT_PRIVATE_KEY_PATH (or JWT_PRIVATE_KEY)';
  throw new ConfigError([
    `${name} contains the key ${keys.current().kid}, which is revoked: generate another one with auth-service keys generate, and configure it`,
  ]);
}

function logStart(
  { config, log }: ServeOptions,
  stores: Stores,
  ports: { api: number; metrics: number | null },
) {
  const url = `http://${authority(config.http.host, ports.api)}`;
  log.info({ event: 'limits', ...config.resources }, 'limits of what clients may occupy');
  const { embedded } = stores;
  if (embedded.length > 0) {
    const dataDir = resolve(config.dataDir);
    const names = embedded.join(' and ');
    log.info(
      { event: 'embedded_stores', embedded, dataDir },
      `embedded mode, for development only: ${names}; the data is in ${dataDir}`,
    );
  }
  const management =
    ports.metrics === null ? 'without a management listener' : `metrics and probes on port ${ports.metrics}`;
  log.info({ event: 'listening', ...ports }, `auth-service listens on ${url}, ${management}`);
  log.debug({ url: `${url}/api/v1/docs` }, `API documentation: ${url}/api/v1/docs`);
}

async function shutDown(service: Service, { drainDelay, timeout }: Config['shutdown']): Promise<void> {
  const { tracing, keys, stores, api, management, stopJobs } = service;
  const jobsStopped = stopJobs();
  await sleep(drainDelay);
  const limit = Math.max(0, timeout - closingReserve);
  await Promise.all([
    closeServer(api, limit),
    Promise.race([jobsStopped, sleep(limit, undefined, { ref: false })]),
  ]);
  keys.close();
  await stores.close();
  await tracing.close();
  await management?.close();
}
