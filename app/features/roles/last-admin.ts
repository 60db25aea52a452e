import { AppError } from '../../errors.ts';
import type { Caller, LockedCaller } from '../../store/caller.ts';
import type { Store, Transaction } from '../../store/store.ts';

/**
 * Runs `change` on behalf of the caller, in a transaction that must not remove the last active administrator. The lock
 * serialises two administrators who remove each other, and the recount shows the second what the first did. If nobody
 * has the role yet, the check passes.
 * @throws AppError last_admin, unauthorized or forbidden
 */
export function keepAnAdmin<T>(
  store: Store,
  caller: Caller,
  change: (tx: Transaction, caller: LockedCaller) => Promise<T>,
): Promise<T> {
  const changeAndCount = async (tx: Transaction, locked: LockedCaller): Promise<T> => {
    const before = await tx.roles.countActiveAdmins();
    const result = await change(tx, locked);
    if (before > 0 && (await tx.roles.countActiveAdmins()) === 0) throw new AppError('last_admin');
    return result;
  };
  return store.changeAs(caller, changeAndCount, { lockAdmin: true });
}
