import type { Logger } from 'pino';
import type { Config, Secret } from '../../config/config.ts';
import type { PoolState } from '../../observe/store-observer.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { connect } from './connection.ts';
import { createConnectionPool, type Slot } from './connection-pool.ts';
import type { Database } from './database.ts';
import { isFatal, isRetryable, isSilence, translate, unavailable } from './errors.ts';
import type { Queries } from './queries.ts';
import { runTransaction } from './transaction.ts';

export type { Database } from './database.ts';
export type { QueryName } from './queries.ts';

export interface DatabaseOptions {
  readonly url: Secret;
  readonly config: Config['database'];
  readonly queries: Queries;
  readonly log: Logger;
  /** PGlite: one backend that cannot be cancelled, and whose settings would leak from client to client. */
  readonly embedded?: boolean;
  readonly onPool?: (state: () => PoolState) => void;
}

/** Of what Postgres gives up for another's sake. */
const maxAttempts = 3;

/** Runs `work` with a signal that aborts after `ms`; then it is service_unavailable, whatever becomes of the work. */
function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unavailable(new Error(`Postgres gave no answer within ${ms} ms`)));
      deadline.abort();
    }, ms);
    work(deadline.signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function openPool(options: DatabaseOptions) {
  const { url, config, log, embedded } = options;
  // A living server gives up first, so that the connection survives. PgBouncer refuses parameters it does not know.
  const limit = Math.max(1, Math.floor(config.timeout * 0.9));
  const limits = { statement_timeout: limit, idle_in_transaction_session_timeout: config.timeout };
  return createConnectionPool({
    // PGlite's server mixes the messages of several connections into one another.
    size: embedded ? 1 : config.poolMax,
    open: (onClose) =>
      connect({
        target: { url, sslMode: config.sslMode, caFile: config.caFile },
        prepare: config.prepare,
        connectTimeout: limit,
        parameters: embedded || !config.prepare ? {} : limits,
        onNotice: (notice) => log.debug({ notice: notice.message }, 'notice from Postgres'),
        onClose,
      }),
  });
}

/**
 * Postgres by way of the query files, under one deadline (`config.timeout`, milliseconds) for each query and for each
 * whole transaction. The server is asked to keep it too; a frozen one cannot, so the client does not wait for it. While
 * it gives no answer, all are refused at once: a request with several queries must not wait for each of them in vain.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const { config, queries, log, embedded } = options;
  const pool = openPool(options);
  options.onPool?.(pool.state);

  async function lease<T>(signal: AbortSignal, use: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = await pool.take(signal);
    const abandon = (): void => pool.discard(slot);
    signal.addEventListener('abort', abandon, { once: true });
    try {
      return await use(slot);
    } finally {
      signal.removeEventListener('abort', abandon);
      pool.give(slot);
    }
  }

  async function run<Row>(slot: Slot, text: string, params: readonly unknown[] = []) {
    // The client types parameters as what it can serialize; a value it cannot is a fault that it reports itself.
    const query = slot.connection.unsafe<Row[] & object[]>(text, params as never[], {
      prepare: config.prepare,
    });
    if (!embedded) slot.active = query;
    try {
      return await query;
    } catch (error) {
      if (isFatal(error)) pool.discard(slot);
      throw translate(error);
    } finally {
      if (slot.active === query) slot.active = null;
    }
  }

  /** A single statement too: Postgres takes back what it gives up, whole. */
  async function retry<T>(signal: AbortSignal, use: (slot: Slot) => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await lease(signal, use);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (attempts === maxAttempts || signal.aborted) throw unavailable(error);
      }
    }
  }

  const inTime = <T>(use: (slot: Slot) => Promise<T>): Promise<T> =>
    within(config.timeout, (signal) => retry(signal, use));

  const breaker = createCircuitBreaker({
    patience: config.timeout / 2,
    isOutage: isSilence,
    // A connection for each of them would be one more in the queue of a frozen server, which has room for few.
    onOpen: pool.refuseWaiting,
    probe: () => inTime((slot) => run(slot, 'select 1')),
    onChange(isAway, cause) {
      if (isAway) log.warn({ err: cause, event: 'postgres_lost' }, 'Postgres is away');
      else log.info({ event: 'postgres_back' }, 'Postgres is back');
    },
  });

  async function unlessAway<T>(use: (slot: Slot) => Promise<T>): Promise<T> {
    if (breaker.isOpen()) throw unavailable(new Error('Postgres does not answer'));
    const call = inTime(use);
    void breaker.watch(call);
    return call;
  }

  return {
    async query(name, params) {
      const text = queries.text(name);
      return unlessAway((slot) => run(slot, text, params));
    },
    transaction: (work) =>
      unlessAway((slot) => runTransaction({ slot, queries, run, discard: pool.discard }, work)),
    close() {
      breaker.stop();
      return pool.close();
    },
  };
}
