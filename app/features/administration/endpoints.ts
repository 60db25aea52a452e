import { z } from 'zod';
import { endpoint } from '../../http/route/endpoint.ts';
import { IdParams, Instant } from '../../http/route/fields.ts';
import type { Store } from '../../store/store.ts';
import { type Administrator, actorOf } from '../audit/audit-log.ts';
import { RoleName } from '../roles/role-view.ts';
import { IdentityChange, ManagedUser, presentManagedUser } from '../users/user.ts';
import type { Administration } from './administration.ts';
import { userSearchEndpoints } from './user-search.ts';

const SetRolesBody = z.strictObject({ roles: z.array(RoleName).max(50) });
const ResetToken = z.object({ token: z.string(), expires_at: Instant }).meta({ id: 'ResetToken' });

const changeOfUser = {
  access: 'admin',
  recentAuthentication: true,
  securityEvent: 'administration',
  params: IdParams,
  target: ({ id }: { readonly id: string }) => id,
} as const;

/** A POST or DELETE on a user that answers 204. */
function actionEndpoint(
  route: Parameters<typeof endpoint>[0],
  summary: string,
  act: (actor: Administrator, userId: string) => Promise<unknown>,
  refuses: readonly 'last_admin'[] = [],
) {
  return endpoint(
    route,
    {
      summary,
      ...changeOfUser,
      answers: { 204: { description: 'Done' } },
      refuses: ['user_not_found', ...refuses],
    },
    async (call) => {
      await act(actorOf(call), call.params.id);
      return {};
    },
  );
}

function readEndpoints(administration: Administration, replica: Store) {
  return [
    ...userSearchEndpoints(replica),
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
  ];
}

function changeEndpoints(administration: Administration) {
  return [
    endpoint(
      'PATCH /api/v1/admin/users/:id',
      {
        summary: 'Change email or username of a user',
        ...changeOfUser,
        body: IdentityChange,
        answers: { 200: { description: 'The user as it is now', data: ManagedUser } },
        refuses: ['user_not_found', 'email_taken', 'username_taken', 'wrong_password'],
      },
      async (call) => ({
        data: presentManagedUser(await administration.updateUser(actorOf(call), call.params.id, call.body)),
      }),
    ),
    endpoint(
      'PUT /api/v1/admin/users/:id/roles',
      {
        summary: 'Replace the roles of a user',
        ...changeOfUser,
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
        ...changeOfUser,
        answers: { 201: { description: 'Shown once', data: ResetToken } },
        refuses: ['user_not_found'],
      },
      async (call) => {
        const { token, expiresAt } = await administration.issueResetToken(actorOf(call), call.params.id);
        return { status: 201, data: { token, expires_at: expiresAt.toISOString() } };
      },
    ),
  ];
}

/** @param services.replica may lag behind, which the list of users tolerates */
export function administrationEndpoints(services: { administration: Administration; replica: Store }) {
  const { administration, replica } = services;
  const user = '/api/v1/admin/users/:id';
  return [
    ...readEndpoints(administration, replica),
    ...changeEndpoints(administration),
    actionEndpoint(`DELETE ${user}`, 'Delete a user', administration.deleteUser, ['last_admin']),
    actionEndpoint(`POST ${user}/disable`, 'Disable a user', administration.disableUser, ['last_admin']),
    actionEndpoint(`POST ${user}/enable`, 'Enable a user', administration.enableUser),
    actionEndpoint(`POST ${user}/unlock`, 'Forget failed logins of a user', administration.unlockUser),
    actionEndpoint(`DELETE ${user}/sessions`, 'End all sessions of a user', administration.endSessions),
  ];
}
