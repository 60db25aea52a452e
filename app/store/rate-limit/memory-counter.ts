import { createExpiringMap } from './expiring-map.ts';

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

/** Counts points per key in this process. A full counter accepts no new key. */
export function createMemoryCounter(maxKeys = defaultMaxKeys, now = (): number => performance.now()) {
  const windows = createExpiringMap<Window>(maxKeys, now);

  function refund(key: string, window: Window): void {
    if (windows.find(key) !== window) return;
    window.consumed -= 1;
    if (window.consumed === 0) windows.delete(key);
  }

  return {
    /** @param length milliseconds of a new window. @returns null when the key is new and the counter is full */
    consume(key: string, length: number): CountedPoint | null {
      const window = windows.find(key) ?? windows.open(key, { consumed: 0, endsAt: now() + length });
      if (!window) return null;
      window.consumed += 1;
      return {
        consumed: window.consumed,
        resetIn: window.endsAt - now(),
        refund: async () => refund(key, window),
      };
    },

    /** Points consumed in the current window. */
    peek: (key: string): number => windows.find(key)?.consumed ?? 0,

    reset(key: string): void {
      windows.delete(key);
    },

    resetAll: (prefix: string): void => windows.deleteAll(prefix),
  };
}
