import { commandLine, writeAudit } from '../../features/audit/audit-log.ts';
import type { Operator } from '../admin/operator.ts';
import type { Result } from '../command-context.ts';
import { endAllSessions, withoutRedis } from '../session-changes.ts';

/** Ends the sessions of all users and makes all reset tokens void, as the end of the sessions of one user does. */
export async function endEverySession({ hasRedis, states, store }: Operator): Promise<Result> {
  const voided = await store.passwordResets.deleteAll();
  const ended = await endAllSessions({ store, states }, 'ended_by_admin');
  await writeAudit(store, commandLine, {
    action: 'session.end_all',
    targetType: 'session',
    targetId: 'all',
    detail: { ended_sessions: ended, voided_reset_tokens: voided },
  });
  return {
    result: { ended_sessions: ended, voided_reset_tokens: voided },
    lines: [
      `ended ${ended} sessions, and made ${voided} reset tokens void`,
      ...(hasRedis ? [] : [withoutRedis]),
    ],
  };
}
