import type { Config, Secret } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import type { PoolState } from '../../observe/store-observer.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { startDeadline } from '../deadline.ts';
import { connect } from './connection.ts';
import { type ConnectionPool, createConnectionPool, type PooledConnection } from './connection-pool.ts';
import type { Database } from './database.ts';
import { isFatal, isOutage, isReadOnly, isRetryable, isVoidPlan, translate, unavailable } from './errors.ts';
import { createProfileSource, type ProfileSource } from './profile-source.ts';
import type { Queries, QueryName } from './queries.ts';
import type { ServerProfile } from './server-profile.ts';
import { sessionTimeouts, setLocal } from './session-timeouts.ts';
import { type RunStatement, runTransaction } from './transaction.ts';
import { encodeParameter } from './wire-format.ts';

export interface DatabaseOptions {
  readonly url: Secret;
  readonly config: Config['database'];
  readonly queries: Queries;
  readonly log: Logger;
  /** What a check at the start found out about the server. Otherwise the first call finds it out. */
  readonly profile?: ServerProfile | undefined;
  /** True for a read replica. @default false */
  readonly acceptsStandby?: boolean;
  /** PGlite: one backend, which cannot cancel a query and whose settings would apply to the next client too. */
  readonly embedded?: boolean;
  readonly onPool?: (state: () => PoolState) => void;
}

/** Work on one connection of the pool. */
type Work<T> = (pooled: PooledConnection) => Promise<T>;

/** Statements that wait for a lock then see what was committed meanwhile, whatever the default of the server is. */
const beginStatement = 'begin isolation level read committed';

/** Attempts at work that Postgres aborts because of a conflict with another transaction. */
const maxAttempts = 3;

/** Milliseconds between two replacements of all connections while the server refuses writes. */
const replaceInterval = 5_000;

function openPool(options: DatabaseOptions, profiles: ProfileSource): ConnectionPool {
  const { url, config, log, embedded, acceptsStandby = false } = options;
  const settings = sessionTimeouts(config.timeout);
  return createConnectionPool({
    // PGlite's server mixes the messages of several connections.
    size: embedded ? 1 : config.poolMax,
    idleTimeout: embedded ? Number.POSITIVE_INFINITY : config.poolIdleTimeout,
    maxLifetime: embedded ? Number.POSITIVE_INFINITY : config.poolMaxLifetime,
    open: (onClose) =>
      connect({
        target: { ...config, url, acceptsStandby },
        prepare: config.prepare !== 'off',
        connectTimeout: settings.statement_timeout,
        parameters: profiles.current().settings === 'startup' && !embedded ? settings : {},
        log,
        onClose,
      }),
  });
}

/** Runs `work` with a signal that aborts after `ms`. Then the result is service_unavailable, whatever the work does. */
function withinDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  return new Promise((resolve, reject) => {
    const end = startDeadline(ms, () => {
      reject(unavailable(new Error(`Postgres did not answer within ${ms} ms`)));
      deadline.abort();
    });
    work(deadline.signal).then(resolve, reject).finally(end);
  });
}

/** Destroys the connection when the signal aborts before the work ends. */
async function withConnection<T>(
  pool: ConnectionPool,
  { signal, prepares }: { signal: AbortSignal; prepares: boolean },
  work: Work<T>,
): Promise<T> {
  const pooled = await pool.acquire(signal);
  pooled.prepares = prepares;
  const onAbort = (): void => pool.destroy(pooled);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(pooled);
  } finally {
    signal.removeEventListener('abort', onAbort);
    pool.release(pooled);
  }
}

/**
 * Single statements are repeated too: Postgres rolls an aborted statement back completely. Work with a void plan is
 * repeated without prepared statements, because each of its statements may have one, and a pooler may keep them.
 */
async function withRetries<T>(
  { signal, prepares }: { signal: AbortSignal; prepares: boolean },
  attempt: (prepares: boolean) => Promise<T>,
): Promise<T> {
  let isPreparing = prepares;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(isPreparing);
    } catch (error) {
      const hasVoidPlan = isPreparing && isVoidPlan(error);
      if (!hasVoidPlan && !isRetryable(error)) throw error;
      if (attempts === maxAttempts || signal.aborted) throw unavailable(error);
      if (hasVoidPlan) isPreparing = false;
    }
  }
}

/** Replaces all connections once the server refuses writes, but not for each refused write while it stays read-only. */
function createReadOnlyListener(pool: ConnectionPool): () => void {
  let replacedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - replacedAt < replaceInterval) return;
    replacedAt = performance.now();
    pool.replaceAll();
  };
}

function createRunStatement(
  pool: ConnectionPool,
  profiles: ProfileSource,
  { embedded }: DatabaseOptions,
): RunStatement {
  const onReadOnly = createReadOnlyListener(pool);
  return async <Row>(pooled: PooledConnection, text: string, params: readonly unknown[] = []) => {
    // reason: the types of the client do not allow undefined, which the client itself reports
    const values = params.map(encodeParameter) as string[];
    const prepare = pooled.prepares && profiles.current().keepsStatements;
    const query = pooled.connection.unsafe<Row[] & object[]>(text, values, { prepare });
    if (!embedded) pooled.activeQuery = query;
    try {
      return await query;
    } catch (error) {
      // The query is answered: there is nothing to cancel before the connection is closed.
      pooled.activeQuery = null;
      if (isFatal(error)) pool.destroy(pooled);
      if (isReadOnly(error)) onReadOnly();
      profiles.report(error);
      throw translate(error);
    } finally {
      if (pooled.activeQuery === query) pooled.activeQuery = null;
    }
  };
}

/**
 * Runs the query files on Postgres. Each query, and each transaction as a whole, has one deadline (`config.timeout`,
 * milliseconds). The server gets a deadline too, but a frozen server cannot keep it, so the client does not wait for
 * the server. While the server does not answer, every call fails at once: a request with several queries must not wait
 * for each of them.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const { config, queries, log } = options;
  const profiles = createProfileSource(options);
  const pool = openPool(options, profiles);
  const run = createRunStatement(pool, profiles, options);
  options.onPool?.(pool.state);

  const runInTime = <T>(work: Work<T>): Promise<T> =>
    withinDeadline(config.timeout, async (signal) => {
      await profiles.ready();
      return withRetries({ signal, prepares: profiles.current().keepsStatements }, (prepares) =>
        withConnection(pool, { signal, prepares }, work),
      );
    });

  const breaker = createCircuitBreaker({
    slowFailure: config.timeout / 2,
    isOutage,
    onOpen() {
      // If all pending callers connected, they would fill the short queue of a frozen server.
      pool.rejectPending();
      // What was lost without a word is lost for all of them. The probe must not try one after the other.
      pool.replaceAll();
    },
    probe: () => runInTime((pooled) => run(pooled, 'select 1')),
    onChange(isUnavailable, cause) {
      if (isUnavailable) log.warn({ err: cause, event: 'postgres_lost' }, 'Postgres does not answer');
      else log.info({ event: 'postgres_back' }, 'Postgres answers again');
    },
  });

  async function call<T>(work: Work<T>): Promise<T> {
    if (breaker.isOpen()) throw unavailable(new Error('Postgres does not answer'));
    const running = runInTime(work);
    void breaker.track(running);
    return running;
  }

  const needsTransaction = (): boolean => profiles.current().settings === 'transaction';
  const begin = (): string =>
    needsTransaction() ? `${beginStatement}; ${setLocal(sessionTimeouts(config.timeout))}` : beginStatement;
  const inTransaction = <T>(pooled: PooledConnection, work: (tx: Database) => Promise<T>): Promise<T> =>
    runTransaction({ pooled, queries, run, begin: begin(), destroy: pool.destroy }, work);

  return {
    async query<Row extends object>(name: QueryName, params?: readonly unknown[]) {
      const text = queries.text(name);
      return call((pooled) =>
        needsTransaction()
          ? inTransaction(pooled, (tx) => tx.query<Row>(name, params))
          : run<Row>(pooled, text, params),
      );
    },
    transaction: (work) => call((pooled) => inTransaction(pooled, work)),
    close() {
      breaker.stop();
      return pool.close();
    },
  };
}
