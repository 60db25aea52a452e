import {
  presentAudit,
  presentHeldSession,
  presentLoginHistory,
  presentManagedUser,
  presentSession,
  presentUser,
} from '../../http/present.ts';
import { decodeCursor, encodeCursor, HistoryKeyset } from '../../http/route/cursor.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import {
  ChangePasswordBody,
  DeleteMeBody,
  Export,
  IdParams,
  KnownDevice,
  LoginHistory,
  PageQuery,
  Session,
  UpdateMeBody,
  User,
} from '../../http/schemas.ts';
import type { SessionState } from '../../store/tables/sessions.ts';
import { setDeviceCookie } from '../devices/device-cookie.ts';
import type { HashQueue } from '../passwords/hash-queue.ts';
import type { Accounts } from './accounts.ts';
import type { PersonalData } from './personal-data.ts';

const passwordRefusals = ['wrong_password', 'rate_limited', 'overloaded'] as const;

const callerOf = ({ user, sessionId }: SessionState) => ({ userId: user.id, sessionId });

export function meEndpoints(services: { accounts: Accounts; personalData: PersonalData; room: HashQueue }) {
  const { accounts, personalData, room } = services;
  return [
    endpoint(
      'GET /api/v1/users/me',
      { summary: 'Who I am', access: 'user', answers: { 200: { description: 'The user', data: User } } },
      ({ caller }) => ({ data: presentUser(caller.user) }),
    ),
    endpoint(
      'PATCH /api/v1/users/me',
      {
        summary: 'Change my username or, with the password, my email',
        access: 'user',
        limit: 'account_change',
        body: UpdateMeBody,
        answers: { 200: { description: 'The user as it is now', data: User } },
        refuses: ['email_taken', 'username_taken', ...passwordRefusals],
      },
      async ({ caller, body }) => {
        const update = () => accounts.update(callerOf(caller), body);
        // A username alone costs no hash, so only the body tells whether there must be room for one.
        return { data: presentUser(await (body.email === undefined ? update() : room.hold(update))) };
      },
    ),
    endpoint(
      'DELETE /api/v1/users/me',
      {
        summary: 'Delete my account',
        access: 'user',
        room,
        limit: 'account_change',
        body: DeleteMeBody,
        answers: { 204: { description: 'Deleted; email and username are free again' } },
        refuses: ['last_admin', ...passwordRefusals],
      },
      async ({ caller, body }) => {
        await accounts.remove(callerOf(caller), body.password);
        return {};
      },
    ),
    endpoint(
      'POST /api/v1/users/me/password',
      {
        summary: 'Change my password; all my other sessions end',
        access: 'user',
        room,
        limit: 'account_change',
        body: ChangePasswordBody,
        answers: { 200: { description: 'Changed', data: KnownDevice } },
        refuses: ['password_too_common', 'password_matches_identity', ...passwordRefusals],
      },
      async ({ caller, body }) => {
        const { current_password, new_password } = body;
        const deviceToken = await accounts.changePassword(callerOf(caller), current_password, new_password);
        return { data: { device_token: deviceToken }, headers: setDeviceCookie(deviceToken) };
      },
    ),
    endpoint(
      'GET /api/v1/users/me/sessions',
      {
        summary: 'Where I am logged in',
        access: 'user',
        answers: { 200: { description: 'Living sessions, newest first', data: Session.array() } },
      },
      async ({ caller }) => {
        const sessions = await accounts.listSessions(caller.user.id);
        return { data: sessions.map((session) => presentSession(session, caller.sessionId)) };
      },
    ),
    endpoint(
      'DELETE /api/v1/users/me/sessions/:id',
      {
        summary: 'End one of my sessions',
        access: 'user',
        params: IdParams,
        answers: { 204: { description: 'Ended' } },
        refuses: ['session_not_found'],
      },
      async ({ caller, params }) => {
        await accounts.endSession(caller.user.id, params.id);
        return {};
      },
    ),
    endpoint(
      'GET /api/v1/users/me/login-history',
      {
        summary: 'When and from where my account was logged in to',
        access: 'user',
        query: PageQuery,
        answers: { 200: { description: 'Newest first', data: LoginHistory.array(), page: true } },
      },
      async ({ caller, query }) => {
        const after = decodeCursor(HistoryKeyset, query.cursor);
        const page = await personalData.loginHistory(caller.user.id, query.limit, after);
        return { data: page.items.map(presentLoginHistory), meta: { next_cursor: encodeCursor(page.next) } };
      },
    ),
    endpoint(
      'GET /api/v1/users/me/export',
      {
        summary: 'Everything held about me',
        access: 'user',
        answers: { 200: { description: 'One document', data: Export } },
      },
      async ({ caller }) => {
        const held = await personalData.export(caller.user.id);
        return {
          headers: { 'Content-Disposition': 'attachment; filename="export.json"' },
          data: {
            user: presentManagedUser(held.account),
            sessions: held.sessions.map((session) => presentHeldSession(session, caller.sessionId)),
            login_history: held.loginHistory.map(presentLoginHistory),
            audit_log: held.auditLog.map((entry) => presentAudit(entry, caller.user.id)),
          },
        };
      },
    ),
  ];
}
