/**
 * Milliseconds that a refused write is remembered when nothing but reads follows. Longer than the minute between the
 * writes that every process makes by itself (the census on Redis, the sightings of keys on Postgres), so that an idle
 * night neither hides a store that only reads nor lets the gauge flicker.
 */
const refusalMemory = 90_000;

/** How a piece of work on a store ended. */
export interface Outcomes {
  succeeded(operation: string): void;
  failed(error: unknown): void;
}

export interface Degradation {
  /** Whether the dependency answers at all. */
  away(isAway: boolean): void;
  /** It answered, and would not write: a standby, a full disk or memory. */
  refused(): void;
  /** It did what was asked. Cheap while all is well: it comes after every query. */
  succeeded(operation: string): void;
}

/**
 * Whether one dependency serves, told from the work that everybody does on it anyway. A store that refuses writes
 * still answers reads and pings, so those do not clear what a refused write has set: only a write that succeeded does,
 * or a read when no write has been refused for a good minute.
 * @param options.show called on change only, and nothing is shown at first
 * @param options.now milliseconds, never going back
 */
export function createDegradation(options: {
  show: (isDegraded: boolean) => void;
  isWrite: (operation: string) => boolean;
  now?: () => number;
}): Degradation {
  const { show, isWrite, now = () => performance.now() } = options;
  let isAway = false;
  let refusedAt: number | null = null;
  let isDegraded = false;

  function update(): void {
    const next = isAway || refusedAt !== null;
    if (next === isDegraded) return;
    isDegraded = next;
    show(next);
  }

  return {
    away(next) {
      isAway = next;
      update();
    },
    refused() {
      refusedAt = now();
      update();
    },
    succeeded(operation) {
      if (!isDegraded || refusedAt === null) return;
      if (!isWrite(operation) && now() - refusedAt < refusalMemory) return;
      refusedAt = null;
      update();
    },
  };
}
