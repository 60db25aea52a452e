/**
 * Milliseconds after a refused write until a successful read may end the degradation. Longer than the minute between
 * the writes that every process makes by itself (the session count on Redis, the signing keys on Postgres), so that an
 * idle service neither hides a read-only store nor lets the gauge flap.
 */
const refusedWriteMemory = 90_000;

/** Receives the outcome of each operation on a store. */
export interface OutcomeListener {
  onSuccess(operation: string): void;
  onFailure(error: unknown): void;
}

export type DegradationDetector = ReturnType<typeof createDegradationDetector>;

/**
 * Detects from the service's own operations whether a dependency is degraded. A store that refuses writes still answers
 * reads and pings. Therefore only a successful write ends that state, or a read when no write has been refused for
 * longer than a minute.
 * @param options.onChange called on each change; the initial state is not degraded
 * @param options.now monotonic milliseconds
 */
export function createDegradationDetector(options: {
  onChange: (isDegraded: boolean) => void;
  isWrite: (operation: string) => boolean;
  now?: () => number;
}) {
  const { onChange, isWrite, now = () => performance.now() } = options;
  let isUnreachable = false;
  let writeRefusedAt: number | null = null;
  let isDegraded = false;

  function update(): void {
    const next = isUnreachable || writeRefusedAt !== null;
    if (next === isDegraded) return;
    isDegraded = next;
    onChange(next);
  }

  return {
    setUnreachable(next: boolean): void {
      isUnreachable = next;
      update();
    },
    /** The dependency answered and refused to write: it is a standby, or its disk or memory is full. */
    writeRefused(): void {
      writeRefusedAt = now();
      update();
    },
    /** Called after every successful operation, so it costs next to nothing unless the dependency is degraded. */
    operationSucceeded(operation: string): void {
      if (!isDegraded || writeRefusedAt === null) return;
      if (!isWrite(operation) && now() - writeRefusedAt < refusedWriteMemory) return;
      writeRefusedAt = null;
      update();
    },
  };
}
