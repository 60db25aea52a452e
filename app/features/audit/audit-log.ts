import type { Client } from '../../http/client.ts';
import type { Caller } from '../../store/caller.ts';
import type { Transaction } from '../../store/store.ts';
import type { adminRole } from '../../store/tables/roles.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';

/** Who acts; `id` is null for the command line. */
export interface Actor {
  readonly id: string | null;
  readonly client: Client | null;
}

/** An administrator who acts through an endpoint that demands the role. */
export interface Administrator extends Actor {
  readonly id: string;
  readonly caller: Caller<typeof adminRole>;
}

export function actorOf<C extends ActiveSession>({ caller, client }: { readonly caller: C; readonly client: Client }) {
  return { id: caller.user.id, client, caller };
}

interface Action {
  readonly action: string;
  readonly targetType: 'user' | 'role';
  readonly targetId: string;
  readonly detail?: Record<string, unknown> | undefined;
}

/** Writes one row of the audit log, in the transaction of the change that it describes. */
export function writeAudit(
  tx: Transaction,
  { id, client }: Actor,
  { action, targetType, targetId, detail = {} }: Action,
): Promise<void> {
  const origin = { ip: client?.ip ?? null, requestId: client?.requestId ?? null };
  return tx.auditLog.insert({ actorId: id, action, targetType, targetId, detail, ...origin });
}
