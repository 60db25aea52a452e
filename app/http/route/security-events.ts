import type { SecurityEventName } from '../../observe/events/security-names.ts';

export type { SecurityEventName } from '../../observe/events/security-names.ts';

/** Error codes that mean an attempt to get past a control, on whichever endpoint (ASVS 16.3.2, 16.3.3). */
const eventOfCode: Readonly<Record<string, SecurityEventName>> = {
  unauthorized: 'token_refused',
  forbidden: 'access_denied',
  insufficient_user_authentication: 'step_up_required',
  rate_limited: 'rate_limited',
  host_not_allowed: 'host_refused',
  malformed_request: 'input_refused',
  validation_failed: 'input_refused',
  payload_too_large: 'input_refused',
  unsupported_media_type: 'input_refused',
};

/**
 * The security event of a request, or null (ASVS 16.3). Its log line carries the event beside user, address and time.
 * @param declared what the endpoint declares; undefined where no endpoint matched
 */
export function securityEvent(
  status: number,
  code: string | undefined,
  declared: SecurityEventName | undefined,
): { security: SecurityEventName; outcome: 'success' | 'failure' } | null {
  const outcome = status < 400 ? 'success' : 'failure';
  const security = status === 500 ? 'unexpected_error' : (eventOfCode[code ?? ''] ?? declared);
  return security ? { security, outcome } : null;
}
