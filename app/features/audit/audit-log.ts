import type { Client } from '../../http/client.ts';
import type { Store } from '../../store/store.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';

/** The administrator who acts; `id` is null for the command line. */
export interface Actor {
  readonly id: string | null;
  readonly client: Client | null;
}

export function actorOf(call: { readonly caller: ActiveSession; readonly client: Client }): Actor {
  return { id: call.caller.user.id, client: call.client };
}

interface Action {
  readonly action: string;
  readonly targetType: 'user' | 'role' | 'signing_key';
  readonly targetId: string;
  readonly detail?: Record<string, unknown> | undefined;
}

/** Writes one row of the audit log, in the transaction of the change that it describes. */
export function writeAudit(
  tx: Store,
  { id, client }: Actor,
  { action, targetType, targetId, detail = {} }: Action,
): Promise<void> {
  const origin = { ip: client?.ip ?? null, requestId: client?.requestId ?? null };
  return tx.auditLog.insert({ actorId: id, action, targetType, targetId, detail, ...origin });
}
