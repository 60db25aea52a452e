import { AppError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';

/**
 * Runs `change` in a transaction that must not take the role from the last active administrator. The lock makes two
 * administrators who remove each other wait in line, and the recount lets the second see what the first did. Where
 * nobody holds the role yet, there is nothing to keep.
 * @throws AppError last_admin
 */
export function keepingAnAdmin<T>(store: Store, change: (within: Store) => Promise<T>): Promise<T> {
  return store.transaction(async (within) => {
    await within.roles.lockAdmin();
    const before = await within.roles.countActiveAdmins();
    const result = await change(within);
    if (before > 0 && (await within.roles.countActiveAdmins()) === 0) throw new AppError('last_admin');
    return result;
  });
}
