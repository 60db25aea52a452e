import { event } from './event.ts';
import { flag, integer, list, nullable, number, oneOf, text, uuid } from './field.ts';
import { securityEventNames } from './security-names.ts';
import {
  accountRef,
  err,
  ip,
  network,
  requestId,
  sessionId,
  spanId,
  targetId,
  traceId,
  userId,
  where,
} from './subject-fields.ts';

const security = oneOf(securityEventNames, 'the security event that the request is');
const outcome = oneOf(['success', 'failure'], 'how the security event ended');
const code = text('error code of a refused request, as in the response');
const status = integer('status of the response; 499 if the client disconnected before it was complete');

/** The events of requests, and of what a request reveals about a client. */
export const requestEvents = {
  request: event(['debug', 'info', 'warn', 'error'], 'A request was answered; see [above](#request-lines).', {
    required: {
      requestId,
      method: oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'OTHER'], 'HTTP method'),
      route: text('template of the route, or unmatched'),
      status,
      durationMs: number('milliseconds until the response was complete'),
      ip,
    },
    optional: {
      ...{ traceId, spanId, network, userId, sessionId, targetId, accountRef, code, security, outcome, err },
      forwardedMethod: text('method of the request that a gateway checks'),
      forwardedPath: text('masked path of the request that a gateway checks'),
      aborted: flag('the service could not complete the response'),
    },
    ecs: { category: 'web', type: ['access'] },
  }),
  protocol_error: event(
    'info',
    'A request violates HTTP, uses CONNECT, has a header section that is too large, or did not arrive in time. It has no request line. `ip` is the peer, which may be a proxy.',
    {
      required: { ...where, status, code },
      optional: { security, outcome },
      isSecurity: true,
      ecs: { category: 'network', type: ['protocol', 'denied'] },
    },
  ),
  login: event('info', 'A login attempt whose password was checked.', {
    required: {
      ...where,
      outcome,
      reason: nullable(
        oneOf(['unknown_email', 'wrong_password', 'disabled'], 'why it failed; null for a success'),
      ),
      accountRef,
      userId: nullable(uuid('the user; null if no account has the email')),
      sessionId: nullable(uuid('the new session; null for a failure')),
    },
    isSecurity: true,
    ecs: { category: 'authentication', type: ['start'] },
  }),
  account_locked: event(
    'warn',
    'An account used up its login attempts for everybody, so a network needs an attempt slot. The owner can still log in from a known device. `ip` and `network` are those of the attempt that found none left.',
    {
      required: {
        ...where,
        accountRef,
        userId: nullable(uuid('the user; null if no account has the email, or Postgres did not answer')),
      },
      isSecurity: true,
      ecs: { category: 'authentication', type: ['info'] },
    },
  ),
  refresh_reuse: event('warn', 'A refresh token was used again, so its session was ended.', {
    required: {
      ...where,
      cause: oneOf(
        ['reuse_old', 'reuse_late'],
        'a token older than the previous one, or the previous one too late',
      ),
      sessionId,
      userId,
    },
    isSecurity: true,
    ecs: { category: 'session', type: ['end'] },
  }),
  session_anomaly: event(
    'warn',
    'Two clients used one refresh token within its grace period. `ip` and `network` are those of the second client. The request line of the first client has the same `sessionId`.',
    {
      required: {
        ...where,
        action: oneOf(['ended', 'reported'], 'what happened to the session'),
        differences: list(
          oneOf(['network', 'user_agent'], 'a difference'),
          'what differs between the clients',
        ),
        sessionId,
        userId,
      },
      isSecurity: true,
      ecs: { category: 'session', type: ['info'] },
    },
  ),
  state_copy_refused: event(
    'warn',
    'Postgres was unavailable, and the state copy in Redis was not written by this service for this session within five minutes. Somebody else may have written to Redis. The request only found the copy: its client need not be the one who wrote it.',
    {
      required: {
        ...where,
        reason: oneOf(['bad_mac', 'other_session', 'bad_time'], 'what is wrong with the copy'),
        sessionId,
        userId,
      },
      isSecurity: true,
      ecs: { category: 'intrusion_detection', type: ['denied'] },
    },
  ),
  breach_check_failed: event(
    'warn',
    'A new password was accepted without the check for breaches, because the query to `PASSWORD_BREACH_URL` failed. It is logged once a minute at most; `auth_password_breach_checks_total` counts all. A command line has no request.',
    {
      required: { err },
      optional: { requestId, ip, network },
      isSecurity: true,
      ecs: { category: 'iam', type: ['info'] },
    },
  ),
  rehash_postponed: event(
    'warn',
    'A login succeeded, but its password could not be hashed again with the new argon2 parameters. The next login tries again.',
    { required: { ...where, userId, err } },
  ),
  login_history_lost: event('error', 'A login attempt could not be written to the login history.', {
    required: { ...where, userId: nullable(userId), err },
    isSecurity: true,
    ecs: { category: 'database', type: ['error'] },
  }),
} as const;
