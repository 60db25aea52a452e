import type { Logger } from 'pino';
import type { Config, Secret } from '../../config/config.ts';
import type { PoolState } from '../../observe/store-observer.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { connect } from './connection.ts';
import { type ConnectionPool, createConnectionPool, type PooledConnection } from './connection-pool.ts';
import type { Database } from './database.ts';
import { isFatal, isOutage, isReadOnly, isRetryable, translate, unavailable } from './errors.ts';
import type { Queries } from './queries.ts';
import { type RunStatement, runTransaction } from './transaction.ts';

export interface DatabaseOptions {
  readonly url: Secret;
  readonly config: Config['database'];
  readonly queries: Queries;
  readonly log: Logger;
  /** True for a read replica. @default false */
  readonly acceptsStandby?: boolean;
  /** PGlite: one backend, which cannot cancel a query and whose settings would apply to the next client too. */
  readonly embedded?: boolean;
  readonly onPool?: (state: () => PoolState) => void;
}

/** Work on one connection of the pool. */
type Work<T> = (pooled: PooledConnection) => Promise<T>;

/** Attempts at work that Postgres aborts because of a conflict with another transaction. */
const maxAttempts = 3;

/** Milliseconds between two replacements of all connections while the server refuses writes. */
const replaceInterval = 5_000;

function openPool(options: DatabaseOptions): ConnectionPool {
  const { url, config, log, embedded, acceptsStandby = false } = options;
  // The server's deadline comes first, so that the connection survives. PgBouncer rejects parameters it does not know.
  const serverTimeout = Math.max(1, Math.floor(config.timeout * 0.9));
  const parameters = {
    statement_timeout: serverTimeout,
    idle_in_transaction_session_timeout: config.timeout,
  };
  return createConnectionPool({
    // PGlite's server mixes the messages of several connections.
    size: embedded ? 1 : config.poolMax,
    idleTimeout: embedded ? Number.POSITIVE_INFINITY : config.poolIdleTimeout,
    maxLifetime: embedded ? Number.POSITIVE_INFINITY : config.poolMaxLifetime,
    open: (onClose) =>
      connect({
        target: { ...config, url, acceptsStandby },
        prepare: config.prepare,
        connectTimeout: serverTimeout,
        parameters: embedded || !config.prepare ? {} : parameters,
        log,
        onClose,
      }),
  });
}

/** Runs `work` with a signal that aborts after `ms`. Then the result is service_unavailable, whatever the work does. */
function withinDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unavailable(new Error(`Postgres did not answer within ${ms} ms`)));
      deadline.abort();
    }, ms);
    work(deadline.signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Destroys the connection when the signal aborts before the work ends. */
async function withConnection<T>(pool: ConnectionPool, signal: AbortSignal, work: Work<T>): Promise<T> {
  const pooled = await pool.acquire(signal);
  const onAbort = (): void => pool.destroy(pooled);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(pooled);
  } finally {
    signal.removeEventListener('abort', onAbort);
    pool.release(pooled);
  }
}

/** Single statements are repeated too: Postgres rolls an aborted statement back completely. */
async function withRetries<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      if (attempts === maxAttempts || signal.aborted) throw unavailable(error);
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

function createRunStatement(pool: ConnectionPool, options: DatabaseOptions): RunStatement {
  const onReadOnly = createReadOnlyListener(pool);
  const { prepare } = options.config;
  return async <Row>(pooled: PooledConnection, text: string, params: readonly unknown[] = []) => {
    // The client types parameters as what it can serialize, and itself reports a value that it cannot serialize.
    const query = pooled.connection.unsafe<Row[] & object[]>(text, params as never[], { prepare });
    if (!options.embedded) pooled.activeQuery = query;
    try {
      return await query;
    } catch (error) {
      if (isFatal(error)) pool.destroy(pooled);
      if (isReadOnly(error)) onReadOnly();
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
  const pool = openPool(options);
  const run = createRunStatement(pool, options);
  options.onPool?.(pool.state);

  const runInTime = <T>(work: Work<T>): Promise<T> =>
    withinDeadline(config.timeout, (signal) => withRetries(signal, () => withConnection(pool, signal, work)));

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

  return {
    async query(name, params) {
      const text = queries.text(name);
      return call((pooled) => run(pooled, text, params));
    },
    transaction: (work) =>
      call((pooled) => runTransaction({ pooled, queries, run, destroy: pool.destroy }, work)),
    close() {
      breaker.stop();
      return pool.close();
    },
  };
}
