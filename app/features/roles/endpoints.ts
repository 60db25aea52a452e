import { z } from 'zod';
import { endpoint } from '../../http/route/endpoint.ts';
import { actorOf } from '../audit/audit-log.ts';
import { presentRole, Role, RoleName } from './role-view.ts';
import type { Roles } from './roles.ts';

const CreateRoleBody = z.strictObject({
  name: RoleName,
  description: z.string().max(200).default(''),
});
const RoleParams = z.object({ name: RoleName });

export function roleEndpoints({ roles }: { roles: Roles }) {
  return [
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
        recentAuthentication: true,
        securityEvent: 'administration',
        body: CreateRoleBody,
        answers: { 201: { description: 'The new role', data: Role } },
        refuses: ['role_exists'],
      },
      async (call) => {
        call.identify({ targetId: call.body.name });
        return { status: 201, data: presentRole(await roles.add(actorOf(call), call.body)) };
      },
    ),
    endpoint(
      'DELETE /api/v1/admin/roles/:name',
      {
        summary: 'Delete a role that nobody has',
        access: 'admin',
        recentAuthentication: true,
        securityEvent: 'administration',
        params: RoleParams,
        target: ({ name }) => name,
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
