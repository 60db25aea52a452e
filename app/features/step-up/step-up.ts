import { AppError, type ErrorCode } from '../../errors.ts';
import type { Attempt, StepUp } from '../../http/route/step-up.ts';
import type { SystemStore } from '../../store/store.ts';
import { type AuditAction, actorOf, onUser, writeAudit } from '../audit/audit-log.ts';
import type { LoginThrottle } from '../throttling/login-throttle.ts';

/** The errors of a caller who does not prove to be the user, and their actions in the audit log. */
const failures: Partial<Record<ErrorCode, AuditAction>> = {
  insufficient_user_authentication: 'authentication.insufficient',
  wrong_password: 'authentication.failed',
};

const hasId = (params: unknown): params is { readonly id: string } =>
  typeof params === 'object' && params !== null && 'id' in params && typeof params.id === 'string';

/** Parameters of a path are texts. */
const textsOf = (params: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** The user whom the attempt concerns: the one in the path, otherwise the caller. */
const targetOf = ({ params, caller }: Attempt): string => (hasId(params) ? params.id : caller.user.id);

/**
 * Demands a recent authentication where an endpoint says so. Its time is read from the access token and not from the
 * session: if the owner authenticates again, a token that was stolen before must not profit from it.
 * @param services.maxAgeMs milliseconds since the authentication
 * @param services.now milliseconds since the epoch
 */
export function createStepUp(services: {
  store: SystemStore;
  throttle: Pick<LoginThrottle, 'countUnproven'>;
  maxAgeMs: number;
  now?: () => number;
}): StepUp {
  const { store, throttle, maxAgeMs, now = Date.now } = services;
  const maxAge = Math.floor(maxAgeMs / 1000);
  const detail = `Authenticate again at POST /api/v1/auth/reauthenticate: this needs an authentication of the last ${maxAge} seconds`;

  return {
    check(authTime) {
      const age = authTime === null ? Number.POSITIVE_INFINITY : Math.floor(now() / 1000) - authTime;
      if (age > maxAge) throw new AppError('insufficient_user_authentication', { maxAge, detail });
    },

    async record(error, attempt) {
      const code = error instanceof AppError ? error.code : null;
      const action = code && failures[code];
      if (!action) return;
      const { endpoint, params, caller } = attempt;
      // Before the row, which nobody may write without limit.
      await throttle.countUnproven(caller.sessionId);
      const route = `${endpoint.method.toUpperCase()} ${endpoint.path}`;
      await writeAudit(store, actorOf(attempt), {
        action,
        outcome: 'refused',
        ...onUser(targetOf(attempt)),
        detail: { ...textsOf(params), route },
      });
    },
  };
}
