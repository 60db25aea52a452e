import type { PoolState } from '../../observe/store-observer.ts';
import type { Connection } from './connection.ts';
import { translate, unavailable } from './errors.ts';

/** One connection and what is known of it. */
export interface Slot {
  readonly connection: Connection;
  /** How often the connection was lost: whoever holds a transaction must not go on in the next one. */
  losses: number;
  /** Thrown away; it will not answer any more. */
  dead: boolean;
  /** The query under way. */
  active: object | null;
}

interface Waiter {
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: unknown) => void;
}

export type Pool = ReturnType<typeof createConnectionPool>;

/** The public `cancel()` drops the promise of the cancelling connection, and a refused one would end the process. */
function cancel(query: Slot['active']): void {
  // `canceller` is how the client itself does it (postgres/src/query.js); its types leave it out.
  const { canceller } = (query ?? {}) as { canceller?: (query: unknown) => Promise<unknown> };
  canceller?.(query).catch(() => undefined);
}

/**
 * A pool of single connections. The client's own pool sends queries down connections whose server does not answer,
 * and loses a place for good when a query is cancelled while its connection is being made; here a connection that
 * does not answer in time is thrown away with its place.
 */
export function createConnectionPool(options: { size: number; open: (onClose: () => void) => Connection }) {
  const slots = new Set<Slot>();
  const idle: Slot[] = [];
  const waiters: Waiter[] = [];
  let closed = false;

  /** @throws AppError service_unavailable when not even an attempt can be made: a file it needs cannot be read */
  function open(): Slot {
    const onClose = (): void => {
      slot.losses += 1;
      if (idle.includes(slot)) discard(slot);
    };
    const slot: Slot = { connection: connect(onClose), losses: 0, dead: false, active: null };
    slots.add(slot);
    return slot;
  }

  function connect(onClose: () => void): Connection {
    try {
      return options.open(onClose);
    } catch (error) {
      throw translate(error);
    }
  }

  /**
   * A connection each for those who wait, as far as there is room. That one cannot be opened is for who waits to know,
   * not for who made the room: discard is called by deadlines and closing sockets, where an error would end the process.
   */
  function makeUseOfRoom(): void {
    while (!closed && slots.size < options.size) {
      const waiter = waiters.shift();
      if (!waiter) return;
      try {
        waiter.resolve(open());
      } catch (error) {
        waiter.reject(error);
      }
    }
  }

  function discard(slot: Slot): void {
    if (slot.dead) return;
    slot.dead = true;
    slots.delete(slot);
    if (idle.includes(slot)) idle.splice(idle.indexOf(slot), 1);
    cancel(slot.active);
    slot.connection.end({ timeout: 0 }).catch(() => undefined);
    makeUseOfRoom();
  }

  function wait(signal: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        waiters.splice(waiters.indexOf(waiter), 1);
        reject(unavailable(new Error('no connection became free in time')));
      };
      // Who was served gives up no more: that would strike another from the list.
      const served = (): void => signal.removeEventListener('abort', giveUp);
      const waiter: Waiter = {
        resolve: (slot) => {
          served();
          resolve(slot);
        },
        reject: (error) => {
          served();
          reject(error);
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      waiters.push(waiter);
    });
  }

  function refuseWaiting(reason: string): void {
    for (const { reject } of waiters.splice(0)) reject(unavailable(new Error(reason)));
  }

  return {
    /** Rejects with service_unavailable when the signal aborts first. */
    async take(signal: AbortSignal): Promise<Slot> {
      if (closed) throw unavailable(new Error('the pool is closed'));
      return idle.pop() ?? (slots.size < options.size ? open() : wait(signal));
    },

    /** A connection that was lost meanwhile is not used again: the client would report its old error once more. */
    give(slot: Slot): void {
      if (slot.losses > 0) discard(slot);
      if (slot.dead) return;
      const waiter = waiters.shift();
      if (waiter) waiter.resolve(slot);
      else idle.push(slot);
    },

    /** Whoever waits for a connection hears at once that there is none to be had. */
    refuseWaiting: () => refuseWaiting('Postgres does not answer'),

    /** Cancels what runs there, on the server too, and makes room for a new connection. */
    discard,

    state: (): PoolState => ({
      size: options.size,
      busy: slots.size - idle.length,
      idle: idle.length,
      waiting: waiters.length,
    }),

    /** Waits a second for what is under way. */
    async close(): Promise<void> {
      closed = true;
      refuseWaiting('the pool is closed');
      await Promise.all([...slots].map((slot) => slot.connection.end({ timeout: 1 })));
    },
  };
}
