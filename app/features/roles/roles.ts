import { AppError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { Role } from '../../store/tables/roles.ts';
import { type Administrator, writeAudit } from '../audit/audit-log.ts';

export type Roles = ReturnType<typeof createRoles>;

export function createRoles({ store }: { store: Store }) {
  return {
    list: (): Promise<Role[]> => store.roles.list(),

    /** @throws AppError role_exists */
    add: (actor: Administrator, role: { name: string; description: string }): Promise<Role> =>
      store.changeAs(actor.caller, async (tx) => {
        const added = await tx.roles.insert(role);
        await writeAudit(tx, actor, {
          action: 'role.create',
          targetType: 'role',
          targetId: role.name,
          new: { description: role.description },
        });
        return added;
      }),

    /** @throws AppError role_not_found, role_built_in or role_in_use */
    remove: (actor: Administrator, name: string): Promise<void> =>
      store.changeAs(actor.caller, async (tx) => {
        const role = (await tx.roles.list()).find((one) => one.name === name);
        const result = await tx.roles.delete(name);
        if (result === 'missing') throw new AppError('role_not_found');
        if (result === 'built_in') throw new AppError('role_built_in');
        if (result === 'in_use') throw new AppError('role_in_use');
        await writeAudit(tx, actor, {
          action: 'role.delete',
          targetType: 'role',
          targetId: name,
          old: { description: role?.description ?? '' },
        });
      }),
  };
}
