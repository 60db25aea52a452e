import { AppError } from '../../errors.ts';
import { type Database, queryOne } from './database.ts';

/** What the replica had replayed when it was asked last. */
export interface ReplicationLag {
  /** Null while it is unknown: the server is no physical standby, or does not tell. */
  readonly seconds: number | null;
  /** False until the replica has replayed what the primary had written at some earlier measurement. */
  readonly hasCaughtUp: boolean;
}

/** The position in the write-ahead log that the primary had reached at a time of the monotonic clock. */
interface Sample {
  readonly position: bigint;
  readonly at: number;
}

/** Half an hour of measurements. Beyond it the lag has the resolution of the older ones. */
const maxSamples = 1_000;

const isOutage = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'service_unavailable';

async function readPosition(database: Database, name: 'written' | 'replayed'): Promise<bigint | null> {
  const { position } = await queryOne<{ position: string | null }>(database, `replication/find_${name}`);
  return position === null ? null : BigInt(position);
}

/** A managed service may refuse these functions. That is an answer, and no outage. */
async function readOrUnknown(...args: Parameters<typeof readPosition>): Promise<bigint | null> {
  try {
    return await readPosition(...args);
  } catch (error) {
    if (isOutage(error)) throw error;
    return null;
  }
}

/**
 * Measures how old the data of a replica are: the age of the newest known position of the primary that the replica has
 * replayed. `pg_last_xact_replay_timestamp()` does not tell, because it also ages while nothing is written, and needs
 * equal clocks.
 * @returns a function that measures once; it rejects with service_unavailable when a server does not answer
 */
export function createLagMeter(primary: Database, replica: Database, now = () => performance.now()) {
  const samples: Sample[] = [];
  return async function measure(): Promise<ReplicationLag> {
    const written = await readOrUnknown(primary, 'written');
    if (written === null) return { seconds: null, hasCaughtUp: true };
    // A new primary may be behind the previous one.
    if ((samples.at(-1)?.position ?? 0n) > written) samples.length = 0;
    samples.push({ position: written, at: now() });
    if (samples.length > maxSamples) samples.splice(1, 1);
    const replayed = await readOrUnknown(replica, 'replayed');
    if (replayed === null) return { seconds: null, hasCaughtUp: true };
    const index = samples.findLastIndex(({ position }) => position <= replayed);
    const isCurrent = index === samples.length - 1;
    samples.splice(0, index);
    return {
      seconds: isCurrent ? 0 : (now() - (samples[0]?.at ?? now())) / 1000,
      hasCaughtUp: index >= 0,
    };
  };
}
