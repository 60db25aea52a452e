import { z } from 'zod';
import { Id, Instant } from '../../http/route/fields.ts';
import type { LoginHistory as LoginHistoryRow } from '../../store/tables/login-histories.ts';

export const LoginHistory = z
  .object({
    id: Id,
    occurred_at: Instant,
    outcome: z.enum(['success', 'failure']),
    reason: z.string().nullable(),
    ip: z.string().nullable(),
    device: z.string().nullable(),
    session_id: Id.nullable(),
  })
  .meta({ id: 'LoginHistory' });

export const presentLoginHistory = (entry: LoginHistoryRow) => ({
  id: entry.id,
  occurred_at: entry.occurredAt.toISOString(),
  outcome: entry.outcome,
  reason: entry.reason,
  ip: entry.ip,
  device: entry.userAgent,
  session_id: entry.sessionId,
});
