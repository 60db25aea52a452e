import { randomInt } from 'node:crypto';
import type { PoolState } from '../../observe/store-observer.ts';
import { cancelQuery } from './cancel-query.ts';
import type { Connection } from './connection.ts';
import { translate, unavailable } from './errors.ts';

/** A connection of the pool and its state. */
export interface PooledConnection {
  readonly connection: Connection;
  /** How often the connection was lost. A transaction must not continue on the connection that replaced a lost one. */
  losses: number;
  isDestroyed: boolean;
  /** False while work is repeated whose prepared statements have become void. */
  prepares: boolean;
  /** From this time on the connection is replaced as soon as it is idle. On the clock of the pool. */
  expiresAt: number;
  /** When the connection was last released. On the clock of the pool. */
  idleSince: number;
  activeQuery: object | null;
}

/** A caller of `acquire` that waits for a connection. */
interface PendingAcquire {
  readonly resolve: (pooled: PooledConnection) => void;
  readonly reject: (error: unknown) => void;
}

interface PoolOptions {
  readonly size: number;
  /** Milliseconds after which an idle connection is not used again. */
  readonly idleTimeout: number;
  /** Milliseconds after which a connection is replaced, up to a tenth earlier so that not all are replaced at once. */
  readonly maxLifetime: number;
  /** Milliseconds. @default the monotonic clock */
  readonly now?: () => number;
  readonly open: (onClose: () => void) => Connection;
}

/** `pending` is in the order of the calls. */
interface PoolParts extends Required<PoolOptions> {
  readonly connections: Set<PooledConnection>;
  readonly idle: PooledConnection[];
  readonly pending: Set<PendingAcquire>;
  isClosed: boolean;
}

export type ConnectionPool = ReturnType<typeof createConnectionPool>;

/** @throws AppError service_unavailable when no connection can be attempted, for example without its CA file */
function openConnection(pool: PoolParts): PooledConnection {
  try {
    const onClose = (): void => {
      pooled.losses += 1;
      if (pool.idle.includes(pooled)) destroy(pool, pooled);
    };
    const connection = pool.open(onClose);
    const now = pool.now();
    const expiresAt = now + pool.maxLifetime * (1 - randomInt(1_000) / 10_000);
    const times = { expiresAt, idleSince: now };
    const pooled: PooledConnection = {
      connection,
      losses: 0,
      isDestroyed: false,
      prepares: true,
      ...times,
      activeQuery: null,
    };
    pool.connections.add(pooled);
    return pooled;
  } catch (error) {
    throw translate(error);
  }
}

/** Rejects with service_unavailable when the signal aborts first. */
async function acquire(pool: PoolParts, signal: AbortSignal): Promise<PooledConnection> {
  if (pool.isClosed) throw unavailable(new Error('the connection pool is closed'));
  destroyExpired(pool);
  const idle = pool.idle.pop();
  if (idle) return idle;
  return pool.connections.size < pool.size ? openConnection(pool) : waitForRelease(pool, signal);
}

/** A firewall or NAT gateway may have forgotten an idle connection. The next query on it would wait for its deadline. */
function destroyExpired(pool: PoolParts): void {
  const now = pool.now();
  for (const pooled of [...pool.idle]) {
    if (now - pooled.idleSince >= pool.idleTimeout || now >= pooled.expiresAt) destroy(pool, pooled);
  }
}

/** Replaces every connection, the busy ones after their work. New connections resolve the host name again. */
function replaceAll(pool: PoolParts): void {
  for (const pooled of pool.connections) pooled.expiresAt = Number.NEGATIVE_INFINITY;
  destroyExpired(pool);
}

function waitForRelease({ pending }: PoolParts, signal: AbortSignal): Promise<PooledConnection> {
  return new Promise((resolve, reject) => {
    const acquiring: PendingAcquire = { resolve, reject };
    const onAbort = (): void => {
      if (pending.delete(acquiring)) reject(unavailable(new Error('no connection became free in time')));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    pending.add(acquiring);
  });
}

function nextPending({ pending }: PoolParts): PendingAcquire | undefined {
  const [next] = pending;
  if (next) pending.delete(next);
  return next;
}

/** A connection that was lost is not used again: the client would report its old error once more. */
function release(pool: PoolParts, pooled: PooledConnection): void {
  if (pooled.losses > 0 || pool.now() >= pooled.expiresAt) destroy(pool, pooled);
  if (pooled.isDestroyed) return;
  pooled.idleSince = pool.now();
  const next = nextPending(pool);
  if (next) next.resolve(pooled);
  else pool.idle.push(pooled);
}

/** Cancels the active query, on the server too, and closes the connection. Its slot is free for a new connection. */
function destroy(pool: PoolParts, pooled: PooledConnection): void {
  if (pooled.isDestroyed) return;
  pooled.isDestroyed = true;
  pool.connections.delete(pooled);
  if (pool.idle.includes(pooled)) pool.idle.splice(pool.idle.indexOf(pooled), 1);
  const close = (): void => void pooled.connection.end({ timeout: 0 }).catch(() => undefined);
  if (pooled.activeQuery) cancelQuery(pooled.activeQuery).then(close, close);
  else close();
  openForPending(pool);
}

/**
 * Opens connections for pending callers while slots are free. If a connection cannot be opened, the pending caller
 * gets the error. `destroy` must not throw: timers and closing sockets call it, where an error would end the process.
 */
function openForPending(pool: PoolParts): void {
  while (!pool.isClosed && pool.connections.size < pool.size) {
    const next = nextPending(pool);
    if (!next) return;
    try {
      next.resolve(openConnection(pool));
    } catch (error) {
      next.reject(error);
    }
  }
}

function rejectPending({ pending }: PoolParts, reason: string): void {
  for (const { reject } of pending) reject(unavailable(new Error(reason)));
  pending.clear();
}

/**
 * A pool of clients with one connection each. The client's own pool sends queries to connections whose server does not
 * answer, and loses a connection for good when a query is cancelled while connecting. This pool destroys a connection
 * that does not answer in time and frees its slot (docs/decisions/0004-own-connection-pool.md).
 */
export function createConnectionPool(options: PoolOptions) {
  const pool: PoolParts = {
    now: () => performance.now(),
    ...options,
    connections: new Set(),
    idle: [],
    pending: new Set(),
    isClosed: false,
  };
  return {
    acquire: (signal: AbortSignal) => acquire(pool, signal),
    release: (pooled: PooledConnection) => release(pool, pooled),
    destroy: (pooled: PooledConnection) => destroy(pool, pooled),
    replaceAll: () => replaceAll(pool),
    /** Rejects every pending `acquire` at once. */
    rejectPending: () => rejectPending(pool, 'Postgres does not answer'),
    state: (): PoolState => ({
      size: pool.size,
      busy: pool.connections.size - pool.idle.length,
      idle: pool.idle.length,
      waiting: pool.pending.size,
    }),
    /** Active queries get one second to finish. */
    async close(): Promise<void> {
      pool.isClosed = true;
      rejectPending(pool, 'the connection pool is closed');
      await Promise.all([...pool.connections].map(({ connection }) => connection.end({ timeout: 1 })));
    },
  };
}
