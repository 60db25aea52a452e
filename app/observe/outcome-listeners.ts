import { AppError } from '../errors.ts';
import type { DegradationDetector, OutcomeListener } from './degradation.ts';
import { meaningOf } from './redis-errors.ts';

/** Verbs of query files that do not write. The partition functions are included: on most days they change nothing. */
const readVerbs = /\/(find|list|search|count|get|is|ping|seconds|create_partitions|drop_partitions)(_|$)/;

/** SQLSTATEs of a refused write: a read-only server (a standby, or storage that is nearly full) and a full disk. */
const refusedWriteStates = new Set(['25006', '53100']);

/** @param name of a query file, as in `users/insert` */
export const isWriteQuery = (name: string): boolean => !readVerbs.test(name);

/** Commands that need memory, which a full Redis refuses. Every script writes. A delete succeeds on a full Redis. */
export const isWriteCommand = (name: string): boolean => ['set', 'eval', 'evalsha', 'pfadd'].includes(name);

const sqlState = ({ cause }: AppError): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : '';

/** Reports the outcomes of queries on the primary. An error that the caller caused says nothing about Postgres. */
export function createPostgresListener(postgres: DegradationDetector): OutcomeListener {
  return {
    onSuccess(name) {
      postgres.setUnreachable(false);
      postgres.operationSucceeded(name);
    },
    onFailure(error) {
      if (!(error instanceof AppError) || error.code !== 'service_unavailable') return;
      if (refusedWriteStates.has(sqlState(error))) postgres.writeRefused();
      else postgres.setUnreachable(true);
    },
  };
}

/** Reports refused writes only: the connection itself reports whether Redis can be used. */
export function createRedisListener(
  redis: DegradationDetector,
  failed: { inc(labels: { reason: string }): void },
): OutcomeListener {
  return {
    onSuccess: redis.operationSucceeded,
    onFailure(error) {
      const meaning = meaningOf(error);
      if (!meaning) return;
      failed.inc({ reason: meaning.reason });
      if (meaning.class === 'refused_write') redis.writeRefused();
    },
  };
}
