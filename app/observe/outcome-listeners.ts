import { AppError } from '../errors.ts';
import type { DegradationDetector, OutcomeListener } from './degradation.ts';

/** Verbs of query files that do not write. The partition functions are included: on most days they change nothing. */
const readVerbs = /\/(find|list|search|count|get|is|ping|seconds|create_partitions|drop_partitions)(_|$)/;

/** SQLSTATEs of a refused write: a read-only server (a standby, or storage that is nearly full) and a full disk. */
const refusedWriteStates = new Set(['25006', '53100']);

/** Redis has no error codes apart from the first word. In an error of a script that word may stand further back. */
const refusedWriteError = /\b(READONLY|OOM|MISCONF|NOREPLICAS)\b/;

/** @param name of a query file, as in `users/insert` */
export const isWriteQuery = (name: string): boolean => !readVerbs.test(name);

/** Commands that need memory, which a full Redis refuses. Every script writes. A delete succeeds on a full Redis. */
export const isWriteCommand = (name: string): boolean => ['set', 'eval', 'evalsha'].includes(name);

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

/** Reports refused writes only: the connection itself reports whether Redis is reachable. */
export function createRedisListener(redis: DegradationDetector): OutcomeListener {
  return {
    onSuccess: redis.operationSucceeded,
    onFailure(error) {
      if (error instanceof Error && refusedWriteError.test(error.message)) redis.writeRefused();
    },
  };
}
