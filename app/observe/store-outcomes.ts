import { AppError } from '../errors.ts';
import type { Degradation, Outcomes } from './degradation.ts';

/** The verbs of query files that change nothing; partitions are made by a function, which mostly has nothing to do. */
const reading = /\/(find|list|search|count|get|is|ping|seconds|create_partitions|drop_partitions)(_|$)/;

/** A primary that was made a standby, or set read-only because its storage is full; and a disk that is full. */
const refusedWrite = new Set(['25006', '53100']);

/** Commands that ask for memory, which a full Redis refuses; scripts here all write. Deleting would prove nothing. */
const writingCommands = new Set(['set', 'eval', 'evalsha']);

/** Redis has no other code than the words of its errors; in those of scripts this one may stand further in. */
const refusedCommand = /\b(READONLY|OOM|MISCONF|NOREPLICAS)\b/;

/** @param name of a query file, as in `users/insert` */
export const isWritingQuery = (name: string): boolean => !reading.test(name);

export const isWritingCommand = (name: string): boolean => writingCommands.has(name);

function sqlState({ cause }: AppError): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/** Reads off the queries of the primary whether it serves; what it refuses for the caller's fault says nothing. */
export function postgresOutcomes(postgres: Degradation): Outcomes {
  return {
    succeeded(name) {
      postgres.away(false);
      postgres.succeeded(name);
    },
    failed(error) {
      if (!(error instanceof AppError) || error.code !== 'service_unavailable') return;
      if (refusedWrite.has(sqlState(error))) postgres.refused();
      else postgres.away(true);
    },
  };
}

/** Whether Redis is there at all its connection tells; this is about one that is there and refuses to write. */
export function redisOutcomes(redis: Degradation): Outcomes {
  return {
    succeeded: redis.succeeded,
    failed(error) {
      if (error instanceof Error && refusedCommand.test(error.message)) redis.refused();
    },
  };
}
