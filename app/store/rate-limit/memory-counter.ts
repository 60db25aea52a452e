/** One counted point. */
export interface CountedPoint {
  /** Points consumed in this window, this one included. */
  readonly consumed: number;
  /** Milliseconds until the window ends. */
  readonly resetIn: number;
  /**
   * Returns the point to the window that counted it, on Redis or in memory, and to no later window: a late refund
   * grants nothing. Call it once. Never rejects.
   */
  refund(): Promise<void>;
}

interface Window {
  consumed: number;
  readonly endsAt: number;
}

/** About 10 MB. An IPv6 /48 alone has 65,536 networks, and each can send any number of invented emails. */
const defaultMaxKeys = 50_000;

/** Milliseconds between two sweeps: a sweep looks at every key. */
const sweepInterval = 1_000;

/**
 * Counts points per key in this process. A full counter accepts no new key: if it evicted an old key instead, a flood
 * of invented keys would erase the attempts that an attacker has already spent. Expired windows are removed when space
 * is needed, so there is no timer.
 */
export function createMemoryCounter(maxKeys = defaultMaxKeys, now = (): number => performance.now()) {
  const windows = new Map<string, Window>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  function sweep(): void {
    if (now() - sweptAt < sweepInterval) return;
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
    const window = { consumed: 0, endsAt: now() + length };
    windows.set(key, window);
    return window;
  }

  function refund(key: string, window: Window): void {
    if (windows.get(key) !== window) return;
    window.consumed -= 1;
    if (window.consumed === 0) windows.delete(key);
  }

  return {
    /** @param length milliseconds of a new window. @returns null when the key is new and the counter is full */
    consume(key: string, length: number): CountedPoint | null {
      const window = find(key) ?? open(key, length);
      if (!window) return null;
      window.consumed += 1;
      return {
        consumed: window.consumed,
        resetIn: window.endsAt - now(),
        refund: async () => refund(key, window),
      };
    },

    /** Points consumed in the current window. */
    peek: (key: string): number => find(key)?.consumed ?? 0,

    reset(key: string): void {
      windows.delete(key);
    },
  };
}
