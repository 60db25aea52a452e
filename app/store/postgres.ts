import type { Logger } from 'pino';
import type { Config, Secret } from '../config.ts';
import { createPool, type Slot } from './connection-pool.ts';
import type { Database } from './database.ts';
import { connect } from './postgres-connection.ts';
import { isFatal, isRetryable, translate, unavailable } from './postgres-errors.ts';
import type { Queries } from './queries.ts';

export type { Database } from './database.ts';
export type { QueryName } from './queries.ts';

export interface DatabaseOptions {
  readonly url: Secret;
  readonly config: Config['database'];
  readonly queries: Queries;
  readonly log: Logger;
  /** PGlite: one backend that cannot be cancelled, and whose settings would leak from client to client. */
  readonly embedded?: boolean;
}

const transactionAttempts = 3;

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

function createConnectionPool(options: DatabaseOptions) {
  const { url, config, log, embedded } = options;
  // A living server gives up first, so that the connection survives. PgBouncer refuses parameters it does not know.
  const limit = Math.max(1, Math.floor(config.timeout * 0.9));
  const limits = { statement_timeout: limit, idle_in_transaction_session_timeout: config.timeout };
  return createPool({
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
 * whole transaction. The server is asked to keep it too; a frozen one cannot, so the client does not wait for it.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const { config, queries, embedded } = options;
  const pool = createConnectionPool(options);

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

  async function attempt<T>(slot: Slot, work: (tx: Database) => Promise<T>): Promise<T> {
    await run(slot, 'begin');
    const { losses } = slot;
    let over = false;
    let failure: unknown;
    const isAlive = (): boolean => !slot.dead && slot.losses === losses;
    const tx: Database = {
      async query<Row extends object>(name: `${string}/${string}`, params?: readonly unknown[]) {
        const text = queries.text(name);
        // On a new connection the statement would run outside of the transaction.
        if (over || !isAlive()) throw unavailable(new Error('the transaction is over'));
        try {
          return await run<Row>(slot, text, params);
        } catch (error) {
          failure ??= error;
          throw error;
        }
      },
      transaction: (inner) => inner(tx),
      close: async () => undefined,
    };
    try {
      const result = await work(tx);
      // Postgres answers `commit` after a failed statement with a rollback, and no error.
      if (failure) throw failure;
      if (!isAlive()) throw unavailable(new Error('the connection was lost in a transaction'));
      await run(slot, 'commit');
      return result;
    } catch (error) {
      if (isAlive()) await run(slot, 'rollback').catch(() => pool.discard(slot));
      throw error;
    } finally {
      over = true;
    }
  }

  async function retry<T>(signal: AbortSignal, work: (tx: Database) => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await lease(signal, (slot) => attempt(slot, work));
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (attempts === transactionAttempts || signal.aborted) throw unavailable(error);
      }
    }
  }

  return {
    async query(name, params) {
      const text = queries.text(name);
      return within(config.timeout, (signal) => lease(signal, (slot) => run(slot, text, params)));
    },
    transaction: (work) => within(config.timeout, (signal) => retry(signal, work)),
    close: () => pool.close(),
  };
}
