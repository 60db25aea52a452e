import { z } from 'zod';
import { Id, Instant } from '../../http/route/fields.ts';
import type { AuditRecord } from '../../store/tables/audit-log.ts';

const Values = z.record(z.string(), z.unknown());

/** An entry as administrators see it. */
export const AuditEntry = z
  .object({
    id: z.string().meta({ description: 'A number; later entries have higher ones', examples: ['42'] }),
    occurred_at: Instant,
    actor_type: z.enum(['user', 'reset_token', 'command_line', 'system']),
    actor_id: Id.nullable().meta({ description: 'The user who acted; null for every other actor_type' }),
    session_id: Id.nullable().meta({ description: 'The session with which the user acted' }),
    action: z.string().meta({ examples: ['user.roles'] }),
    outcome: z.enum(['success', 'refused']),
    target_type: z.string().meta({ examples: ['user'] }),
    target_id: z
      .string()
      .nullable()
      .meta({ description: 'The id of a user or signing key, or the name of a role or partition' }),
    old_values: Values.meta({ description: 'What the change replaced; never a password, hash or token' }),
    new_values: Values,
    detail: Values,
    ip: z.string().nullable(),
    request_id: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });

export const presentAuditEntry = (entry: AuditRecord) => ({
  id: entry.id,
  occurred_at: entry.occurredAt.toISOString(),
  actor_type: entry.actorType,
  actor_id: entry.actorId,
  session_id: entry.sessionId,
  action: entry.action,
  outcome: entry.outcome,
  target_type: entry.targetType,
  target_id: entry.targetId,
  old_values: entry.oldValues,
  new_values: entry.newValues,
  detail: entry.detail,
  ip: entry.ip,
  request_id: entry.requestId,
});

/** An entry in the data export of a user. */
export const ExportedAuditEntry = AuditEntry.omit({ id: true, actor_id: true }).extend({
  by_me: z.boolean().meta({ description: 'Whether I acted' }),
  session_id: Id.nullable().meta({ description: 'Only where I acted' }),
  ip: z.string().nullable().meta({ description: 'Only where I acted' }),
  request_id: z.string().nullable().meta({ description: 'Only where I acted' }),
  old_values: Values.meta({ description: 'Only where I was the target' }),
  new_values: Values.meta({ description: 'Only where I was the target' }),
});

/** The facts of a row without the administrator who issued a redeemed reset token. */
const withoutIssuer = (detail: object) =>
  Object.fromEntries(Object.entries(detail).filter(([name]) => name !== 'issued_by'));

/**
 * Session, address and request id belong to the user who acted, and the values belong to the target. Nobody exports the
 * data of somebody else (GDPR article 15(4)). Therefore ids of administrators are missing too.
 */
export function presentExportedEntry(record: AuditRecord, readerId: string) {
  const { id, actor_id, ...entry } = presentAuditEntry(record);
  const isActor = record.actorId === readerId;
  const isTarget = record.targetType === 'user' && record.targetId === readerId;
  return {
    ...entry,
    by_me: isActor,
    detail: withoutIssuer(record.detail),
    ...(!isActor && { session_id: null, ip: null, request_id: null }),
    ...(!isTarget && { old_values: {}, new_values: {} }),
  };
}
