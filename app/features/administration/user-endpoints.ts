import { presentManagedUser } from '../../http/present.ts';
import type { Call } from '../../http/route/endpoint.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import { IdParams, ManagedUser, ResetToken, SetRolesBody, UpdateUserBody } from '../../http/schemas.ts';
import type { Actor, Administration } from './administration.ts';

/** The administrator behind a call. */
export function actorOf(call: Pick<Call<'admin', unknown, unknown, unknown>, 'caller' | 'client'>): Actor {
  return { id: call.caller.user.id, client: call.client };
}

const done = { 204: { description: 'Done' } } as const;

/** What administrators do to one user: one line of policy each. */
export function adminUserEndpoints(administration: Administration) {
  const action = (
    route: Parameters<typeof endpoint>[0],
    summary: string,
    act: (actor: Actor, userId: string) => Promise<void>,
    refuses: readonly 'last_admin'[] = [],
  ) =>
    endpoint(
      route,
      { summary, access: 'admin', params: IdParams, answers: done, refuses: ['user_not_found', ...refuses] },
      async (call) => {
        await act(actorOf(call), call.params.id);
        return {};
      },
    );

  return [
    endpoint(
      'GET /api/v1/admin/users/:id',
      {
        summary: 'One user',
        access: 'admin',
        params: IdParams,
        answers: { 200: { description: 'The user', data: ManagedUser } },
        refuses: ['user_not_found'],
      },
      async ({ params }) => ({ data: presentManagedUser(await administration.getUser(params.id)) }),
    ),
    endpoint(
      'PATCH /api/v1/admin/users/:id',
      {
        summary: 'Change email or username of a user',
        access: 'admin',
        params: IdParams,
        body: UpdateUserBody,
        answers: { 200: { description: 'The user as it is now', data: ManagedUser } },
        refuses: ['user_not_found', 'email_taken', 'username_taken'],
      },
      async (call) => ({
        data: presentManagedUser(await administration.updateUser(actorOf(call), call.params.id, call.body)),
      }),
    ),
    endpoint(
      'PUT /api/v1/admin/users/:id/roles',
      {
        summary: 'Replace the roles of a user',
        access: 'admin',
        params: IdParams,
        body: SetRolesBody,
        answers: { 200: { description: 'The user as it is now', data: ManagedUser } },
        refuses: ['user_not_found', 'role_not_found', 'last_admin'],
      },
      async (call) => ({
        data: presentManagedUser(
          await administration.setRoles(actorOf(call), call.params.id, call.body.roles),
        ),
      }),
    ),
    endpoint(
      'POST /api/v1/admin/users/:id/reset-token',
      {
        summary: 'Issue a one-time token with which the user sets a new password',
        access: 'admin',
        params: IdParams,
        answers: { 201: { description: 'Shown once', data: ResetToken } },
        refuses: ['user_not_found'],
      },
      async (call) => {
        const { token, expiresAt } = await administration.issueResetToken(actorOf(call), call.params.id);
        return { status: 201, data: { token, expires_at: expiresAt.toISOString() } };
      },
    ),
    action('DELETE /api/v1/admin/users/:id', 'Delete a user', administration.deleteUser, ['last_admin']),
    action('POST /api/v1/admin/users/:id/disable', 'Disable a user', administration.disableUser, [
      'last_admin',
    ]),
    action('POST /api/v1/admin/users/:id/enable', 'Enable a user', administration.enableUser),
    action(
      'POST /api/v1/admin/users/:id/unlock',
      'Forget failed logins of a user',
      administration.unlockUser,
    ),
    action(
      'DELETE /api/v1/admin/users/:id/sessions',
      'End all sessions of a user',
      administration.endSessions,
    ),
  ];
}
