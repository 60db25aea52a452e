import { presentManagedLoginHistory, presentManagedUser, presentRole } from '../../http/present.ts';
import {
  CreatedKeyset,
  decodeCursor,
  encodeCursor,
  HistoryKeyset,
  TextKeyset,
} from '../../http/route/cursor.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import {
  CreateRoleBody,
  ManagedLoginHistory,
  ManagedUser,
  PageQuery,
  Role,
  RoleParams,
  UsersQuery,
} from '../../http/schemas.ts';
import type { Roles } from '../roles/roles.ts';
import type { Directory } from './directory.ts';
import { actorOf } from './user-endpoints.ts';

/** Lists for administrators, and the roles themselves. */
export function adminEndpoints(services: { directory: Directory; roles: Roles }) {
  const { directory, roles } = services;
  return [
    endpoint(
      'GET /api/v1/admin/users',
      {
        summary: 'Users, newest first, or those whose email or username begins with a prefix',
        access: 'admin',
        query: UsersQuery,
        answers: { 200: { description: 'A page', data: ManagedUser.array(), page: true } },
      },
      async ({ query }) => {
        const { limit, cursor, email, username } = query;
        const page =
          email !== undefined
            ? await directory.searchByEmail(email, limit, decodeCursor(TextKeyset, cursor))
            : username !== undefined
              ? await directory.searchByUsername(username, limit, decodeCursor(TextKeyset, cursor))
              : await directory.list(limit, decodeCursor(CreatedKeyset, cursor));
        return { data: page.items.map(presentManagedUser), meta: { next_cursor: encodeCursor(page.next) } };
      },
    ),
    endpoint(
      'GET /api/v1/admin/login-histories',
      {
        summary: 'Login attempts of all users, newest first',
        access: 'admin',
        query: PageQuery,
        answers: { 200: { description: 'A page', data: ManagedLoginHistory.array(), page: true } },
      },
      async ({ query }) => {
        const page = await directory.loginHistories(query.limit, decodeCursor(HistoryKeyset, query.cursor));
        return {
          data: page.items.map(presentManagedLoginHistory),
          meta: { next_cursor: encodeCursor(page.next) },
        };
      },
    ),
    endpoint(
      'GET /api/v1/admin/roles',
      {
        summary: 'All roles',
        access: 'admin',
        answers: { 200: { description: 'By name', data: Role.array() } },
      },
      async () => ({ data: (await roles.list()).map(presentRole) }),
    ),
    endpoint(
      'POST /api/v1/admin/roles',
      {
        summary: 'Create a role',
        access: 'admin',
        body: CreateRoleBody,
        answers: { 201: { description: 'The new role', data: Role } },
        refuses: ['role_exists'],
      },
      async (call) => ({ status: 201, data: presentRole(await roles.add(actorOf(call), call.body)) }),
    ),
    endpoint(
      'DELETE /api/v1/admin/roles/:name',
      {
        summary: 'Delete a role that nobody has',
        access: 'admin',
        params: RoleParams,
        answers: { 204: { description: 'Deleted' } },
        refuses: ['role_not_found', 'role_in_use', 'role_built_in'],
      },
      async (call) => {
        await roles.remove(actorOf(call), call.params.name);
        return {};
      },
    ),
  ];
}
