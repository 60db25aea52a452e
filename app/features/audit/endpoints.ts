import { z } from 'zod';
import { AuditKeyset, createCursors } from '../../http/route/cursor.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import { cursor, limit, SentId } from '../../http/route/fields.ts';
import type { Store } from '../../store/store.ts';
import { AuditEntry, presentAuditEntry } from './audit-view.ts';

const AuditQuery = z
  .strictObject({
    limit,
    cursor,
    actor_id: SentId.optional().meta({ description: 'Only what this user did' }),
    target_type: z
      .enum(['user', 'role', 'signing_key', 'session', 'partition'])
      .optional()
      .meta({ description: 'Type of target_id; user by default' }),
    target_id: z
      .string()
      .regex(/^[A-Za-z0-9_:.-]{1,63}$/, 'must be an id or a name')
      .optional()
      .meta({
        description: 'Only what was done to this user, role, signing key or partition, or to all sessions',
      }),
    action: z
      .string()
      .regex(/^[a-z_.]{1,63}$/, 'must be the name of an action')
      .optional()
      .meta({ description: 'Only this action', examples: ['user.roles'] }),
  })
  .refine((query) => query.target_type === undefined || query.target_id !== undefined, {
    path: ['target_type'],
    message: 'needs target_id',
  });

/** Only the ids of signing keys distinguish case. */
const targetOf = ({ target_type: type = 'user', target_id: id }: z.infer<typeof AuditQuery>) =>
  id === undefined ? undefined : { type, id: type === 'signing_key' ? id : id.toLowerCase() };

/** @param services.replica may lag behind, which the list tolerates */
export function auditEndpoints({ replica }: { replica: Pick<Store, 'auditLog'> }) {
  return [
    endpoint(
      'GET /api/v1/admin/audit-log',
      {
        summary: 'Who changed what: entries that match every given filter, newest first',
        access: 'admin',
        query: AuditQuery,
        answers: { 200: { description: 'A page', data: AuditEntry.array(), page: true } },
      },
      async ({ query }) => {
        const { limit, cursor, actor_id, action } = query;
        const target = targetOf(query);
        const cursors = createCursors(AuditKeyset, 'audit log', JSON.stringify({ actor_id, target, action }));
        const page = await replica.auditLog.search({
          limit,
          after: cursors.decode(cursor),
          actorId: actor_id,
          target,
          action,
        });
        return cursors.answer(page, presentAuditEntry);
      },
    ),
  ];
}
