import type { EcsKind } from './event.ts';

interface SecurityName extends EcsKind {
  readonly meaning: string;
}

const kind = (category: string, ...type: readonly string[]): EcsKind => ({ category, type });

const name = (meaning: string, ecs: EcsKind): SecurityName => ({ meaning, ...ecs });

const ofUser = kind('iam', 'change', 'user');
const refused = kind('intrusion_detection', 'denied');

/**
 * The values of the field `security` of a request line (ASVS 16.3). Alerts and searches use the names, so a name never
 * changes. Category and type are those of the Elastic Common Schema.
 */
export const securityNames = {
  registration: name(
    'Somebody registered an account, or the registration was refused.',
    kind('iam', 'creation', 'user'),
  ),
  login: name(
    'Somebody logged in with a password, or the login was refused. The `login` line with the same `requestId` has the reason.',
    kind('authentication', 'start'),
  ),
  token_refresh: name(
    'A client exchanged a refresh token for new tokens, or the refresh token was refused.',
    kind('session', 'info'),
  ),
  logout: name('A user ended the current session or all sessions.', kind('session', 'end')),
  session_end: name('A user ended another session, which is `targetId`.', kind('session', 'end')),
  reauthentication: name(
    'A user proved the password again in a session, or did not.',
    kind('authentication', 'info'),
  ),
  password_reset: name('Somebody used a reset token to set a new password.', ofUser),
  password_change: name(
    'A user changed the password with the current password, or the change was refused.',
    ofUser,
  ),
  identity_change: name('A user changed the email or the username.', ofUser),
  account_deletion: name('A user deleted the account.', kind('iam', 'deletion', 'user')),
  data_export: name('A user exported all personal data.', kind('iam', 'info', 'user')),
  administration: name(
    'An administrator (`userId`) changed something (`targetId`). The row of the audit log with the same request id has the details.',
    kind('iam', 'admin', 'change'),
  ),
  token_refused: name(
    'The access token is missing, forged or expired, or its session has ended. In the last case the line names the user and the session.',
    kind('authentication', 'info'),
  ),
  access_denied: name('The user does not have the required role.', refused),
  step_up_required: name(
    'The authentication of the access token is too old for the change. `audit_log` has the attempt.',
    refused,
  ),
  rate_limited: name(
    'A rate limit refused the request. A refused login has the `accountRef` of the account.',
    refused,
  ),
  host_refused: name('The Host header is not in `ALLOWED_HOSTS`.', refused),
  input_refused: name('The input is malformed, too large or invalid.', kind('web', 'error')),
  unexpected_error: name(
    'A bug in the service caused status 500. `err` has the cause.',
    kind('web', 'error'),
  ),
} as const satisfies Readonly<Record<string, SecurityName>>;

export type SecurityEventName = keyof typeof securityNames;

// reason: Object.keys types the names as string.
export const securityEventNames = Object.keys(securityNames) as readonly SecurityEventName[];
