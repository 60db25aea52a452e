import { AppError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { Role } from '../../store/tables/roles.ts';
import type { Actor } from '../administration/administration.ts';

export type Roles = ReturnType<typeof createRoles>;

export const adminRole = 'admin';

export function createRoles(options: { store: Store }) {
  const { store } = options;

  function audit(within: Store, actor: Actor, action: string, name: string) {
    return within.auditLog.insert({
      actorId: actor.id,
      action,
      targetType: 'role',
      targetId: name,
      detail: {},
      ip: actor.client?.ip ?? null,
      requestId: actor.client?.requestId ?? null,
    });
  }

  return {
    list: (): Promise<Role[]> => store.roles.list(),

    /** @throws AppError role_exists */
    add: (actor: Actor, role: { name: string; description: string }): Promise<Role> =>
      store.transaction(async (within) => {
        const added = await within.roles.insert(role);
        await audit(within, actor, 'role.create', role.name);
        return added;
      }),

    /** @throws AppError role_not_found, role_built_in or role_in_use */
    remove: (actor: Actor, name: string): Promise<void> =>
      store.transaction(async (within) => {
        const result = await within.roles.delete(name);
        if (result === 'missing') throw new AppError('role_not_found');
        if (result === 'built_in') throw new AppError('role_built_in');
        if (result === 'in_use') throw new AppError('role_in_use');
        await audit(within, actor, 'role.delete', name);
      }),
  };
}
