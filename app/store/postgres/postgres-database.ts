import type { Logger } from 'pino';
import type { Config, Secret } from '../../config/config.ts';
import type { PoolState } from '../../observe/store-observer.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { connect } from './connection.ts';
import { type ConnectionPool, createConnectionPool, type PooledConnection } from './connection-pool.ts';
import type { Database } from './database.ts';
import { isFatal, isOutage, isRetryable, isVoidPlan, translate, unavailable } from './errors.ts';
import type { Queries } from './queries.ts';
import { directSettings } from './session-settings.ts';
import { type RunStatement, runTransaction } from './transaction.ts';
import { encodeParameter } from './wire-format.ts';

export interface DatabaseOptions {
  readonly url: Secret;
  readonly config: Config['database'];
  readonly queries: Queries;
  readonly log: Logger;
  /** PGlite: one backend, which cannot cancel a query and whose settings would apply to the next client too. */
  readonly embedded?: boolean;
  readonly onPool?: (state: () => PoolState) => void;
}

/** Work on one connection of the pool. */
type Work<T> = (pooled: PooledConnection) => Promise<T>;

/** Attempts at work that Postgres aborts because of a conflict with another transaction. */
const maxAttempts = 3;

function openPool(options: DatabaseOptions): ConnectionPool {
  const { url, config, log, embedded } = options;
  // The server's deadline comes first, so that the connection survives. PgBouncer rejects parameters it does not know.
  const serverTimeout = Math.max(1, Math.floor(config.timeout * 0.9));
  const parameters = {
    ...directSettings,
    statement_timeout: serverTimeout,
    idle_in_transaction_session_timeout: config.timeout,
  };
  return createConnectionPool({
    // PGlite's server mixes the messages of several connections.
    size: embedded ? 1 : config.poolMax,
    open: (onClose) =>
      connect({
        target: { ...config, url },
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

function createRunStatement(pool: ConnectionPool, options: DatabaseOptions): RunStatement {
  return async <Row>(pooled: PooledConnection, text: string, params: readonly unknown[] = []) => {
    // reason: the types of the client do not allow undefined, which the client itself reports
    const values = params.map(encodeParameter) as string[];
    const query = pooled.connection.unsafe<Row[] & object[]>(text, values, { prepare: pooled.prepares });
    if (!options.embedded) pooled.activeQuery = query;
    try {
      return await query;
    } catch (error) {
      if (isFatal(error)) pool.destroy(pooled);
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
    withinDeadline(config.timeout, (signal) =>
      withRetries({ signal, prepares: config.prepare }, (prepares) =>
        withConnection(pool, { signal, prepares }, work),
      ),
    );

  const breaker = createCircuitBreaker({
    slowFailure: config.timeout / 2,
    isOutage,
    // If all pending callers connected, they would fill the short queue of a frozen server.
    onOpen: pool.rejectPending,
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
