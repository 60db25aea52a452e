import type { Client } from '../../http/client.ts';
import type { Caller } from '../../store/caller.ts';
import type { Transaction } from '../../store/store.ts';
import type { ActorType, AuditOutcome } from '../../store/tables/audit-log.ts';
import type { adminRole } from '../../store/tables/roles.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';

/** Who acts, and how. */
export interface Actor {
  /**
   * `user`: an access token of this user. `reset_token`: somebody who presented a reset token, so nobody logged in.
   * `command_line`: the operator. `system`: the service itself.
   */
  readonly type: ActorType;
  /** The user's id; null for every other type. */
  readonly id: string | null;
  readonly sessionId: string | null;
  readonly client: Client | null;
}

/** An administrator who acts through an endpoint that demands the role. */
export interface Administrator extends Actor {
  readonly id: string;
  readonly caller: Caller<typeof adminRole>;
}

/** A request with an access token. */
export interface UserCall {
  readonly caller: Caller;
  readonly client: Client;
}

export function actorOf<C extends ActiveSession>({
  caller,
  client,
}: {
  readonly caller: C;
  readonly client: Client;
}) {
  return { type: 'user' as const, id: caller.user.id, sessionId: caller.sessionId, client, caller };
}

export const commandLine: Actor = { type: 'command_line', id: null, sessionId: null, client: null };

/** The holder of a reset token is not authenticated: the row names the user as the target and not as the actor. */
export const resetTokenHolder = (client: Client): Actor => ({
  type: 'reset_token',
  id: null,
  sessionId: null,
  client,
});

/**
 * What a change replaces. It is a closed list, so that no password, hash or token can get into the audit log by a spread
 * object (ASVS 16.2.5).
 */
export interface AuditValues {
  readonly email?: string;
  readonly username?: string;
  /** Sorted. */
  readonly roles?: readonly string[];
  readonly status?: 'active' | 'disabled' | 'deleted';
  readonly description?: string;
  /** ISO 8601. */
  readonly expires_at?: string;
}

/** Actions of users on themselves have the same names as those of administrators: actor and target tell who acted. */
export type AuditAction =
  | 'authentication.renew'
  | 'authentication.insufficient'
  | 'authentication.failed'
  | 'user.create'
  | 'user.update'
  | 'user.roles'
  | 'user.disable'
  | 'user.enable'
  | 'user.delete'
  | 'user.unlock'
  | 'user.change_password'
  | 'user.reset_token'
  | 'user.reset_password'
  | 'user.end_session'
  | 'user.end_sessions'
  | 'session.end_all'
  | 'role.create'
  | 'role.delete'
  | 'signing_key.revoke'
  | 'signing_key.unrevoke';

/** One act on one user, role or signing key, or on all sessions. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly targetType: 'user' | 'role' | 'signing_key' | 'session';
  /** The id of a user or a key, the name of a role, or `all` sessions. */
  readonly targetId: string;
  /** `refused`: the actor did not prove to be the user, and nothing changed. @default success */
  readonly outcome?: AuditOutcome;
  readonly old?: AuditValues | undefined;
  readonly new?: AuditValues | undefined;
  /** Further facts, such as the number of sessions that ended. No secrets. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

/** The target of what happens to a user. */
export const onUser = (id: string) => ({ targetType: 'user', targetId: id }) as const;

/**
 * Writes one row of the audit log (ASVS 16.2.1, 16.3.2). Call it with the transaction of the change, so that both are
 * committed or neither. A refusal has no transaction: call it with the store.
 */
export function writeAudit(
  tx: Pick<Transaction, 'auditLog'>,
  actor: Actor,
  event: AuditEvent,
): Promise<void> {
  const { action, targetType, targetId, outcome = 'success', detail = {} } = event;
  return tx.auditLog.insert({
    actorType: actor.type,
    actorId: actor.id,
    sessionId: actor.sessionId,
    action,
    outcome,
    targetType,
    targetId,
    oldValues: { ...event.old },
    newValues: { ...event.new },
    detail,
    ip: actor.client?.ip ?? null,
    requestId: actor.client?.requestId ?? null,
  });
}
