/** One point, counted. */
export interface Taken {
  /** Points taken in this window, this one included. */
  readonly consumed: number;
  /** Milliseconds until the window ends. */
  readonly resetIn: number;
  /** Takes this point back out of its window; does nothing once that is over or forgotten. Never rejects. */
  refund(): Promise<void>;
}

interface Window {
  taken: number;
  readonly endsAt: number;
}

/** Some 10 MB. An IPv6 /48 alone has 65,536 networks, each with as many made-up emails as it likes. */
const defaultMaxKeys = 50_000;

/** Milliseconds between two searches for windows that are over: each looks at every key. */
const sweepPause = 1_000;

/**
 * Counts points per key in this process. Full, it takes in no new key: to push an old one out would let a flood of
 * made-up keys wipe out what a guesser has spent. Windows that are over make room; there is no timer.
 */
export function createMemoryCounter(maxKeys = defaultMaxKeys, now = (): number => performance.now()) {
  const windows = new Map<string, Window>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  function sweep(): void {
    if (now() - sweptAt < sweepPause) return;
    sweptAt = now();
    for (const [key, { endsAt }] of windows) if (endsAt <= sweptAt) windows.delete(key);
  }

  function find(key: string): Window | null {
    const window = windows.get(key);
    if (window && window.endsAt > now()) return window;
    windows.delete(key);
    return null;
  }

  function open(key: string, length: number): Window | null {
    if (windows.size >= maxKeys) sweep();
    if (windows.size >= maxKeys) return null;
    const window = { taken: 0, endsAt: now() + length };
    windows.set(key, window);
    return window;
  }

  return {
    /** @param length milliseconds of a new window. @returns null when the key is new and there is no room for it */
    take(key: string, length: number): Taken | null {
      const window = find(key) ?? open(key, length);
      if (!window) return null;
      window.taken += 1;
      return {
        consumed: window.taken,
        resetIn: window.endsAt - now(),
        async refund() {
          if (windows.get(key) !== window) return;
          window.taken -= 1;
          if (window.taken === 0) windows.delete(key);
        },
      };
    },

    /** Points taken in the window that is open. */
    peek: (key: string): number => find(key)?.taken ?? 0,

    forget(key: string): void {
      windows.delete(key);
    },
  };
}
