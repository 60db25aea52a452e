/** What an operation is called in the log, by its route line. Names are never changed: alerts and searches use them. */
const operations: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/register': 'registration',
  'POST /api/v1/auth/login': 'login',
  'POST /api/v1/auth/refresh': 'token_refresh',
  'POST /api/v1/auth/logout': 'logout',
  'POST /api/v1/auth/logout-all': 'logout',
  'POST /api/v1/auth/password/reset': 'password_reset',
  'POST /api/v1/users/me/password': 'password_change',
  'PATCH /api/v1/users/me': 'identity_change',
  'DELETE /api/v1/users/me': 'account_deletion',
  'GET /api/v1/users/me/export': 'data_export',
  'DELETE /api/v1/users/me/sessions/:id': 'session_end',
};

/** Refusals that mean an attempt on a control, whichever operation it was aimed at (ASVS 16.3.2, 16.3.3). */
const refusals: Readonly<Record<string, string>> = {
  unauthorized: 'token_refused',
  forbidden: 'access_denied',
  rate_limited: 'rate_limited',
  host_not_allowed: 'host_refused',
  malformed_request: 'input_refused',
  validation_failed: 'input_refused',
  payload_too_large: 'input_refused',
  unsupported_media_type: 'input_refused',
};

export const securityEventNames: readonly string[] = [
  ...new Set([
    ...Object.values(operations),
    ...Object.values(refusals),
    'administration',
    'unexpected_error',
  ]),
];

export interface SecurityEvent {
  readonly security: string;
  readonly outcome: 'success' | 'failure';
}

/** The security event that a request was, if it was one (ASVS 16.3); goes into its line, beside who, where and when. */
export function securityEvent(request: {
  method: string;
  route: string;
  status: number;
  code: string | undefined;
}): SecurityEvent | null {
  const { code = '', method, route, status } = request;
  const outcome = status < 400 ? 'success' : 'failure';
  if (status === 500) return { security: 'unexpected_error', outcome };
  const refusal = refusals[code];
  if (refusal) return { security: refusal, outcome };
  const isReading = method === 'GET' || method === 'HEAD';
  if (route.startsWith('/api/v1/admin/') && !isReading) return { security: 'administration', outcome };
  const operation = operations[`${method} ${route}`];
  return operation ? { security: operation, outcome } : null;
}
