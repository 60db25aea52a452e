import { AppError } from '../../errors.ts';
import type { Caller, LockedCaller } from '../../store/caller.ts';
import type { Store, Transaction } from '../../store/store.ts';

/**
 * Runs `change` in a transaction that has locked the role `admin`. If nobody has the role yet, the check passes.
 * @throws AppError last_admin if the change removes the last active administrator
 */
export async function refuseToRemoveLastAdmin<T>(
  { roles }: Pick<Transaction, 'roles'>,
  change: () => Promise<T>,
): Promise<T> {
  const before = await roles.countActiveAdmins();
  const result = await change();
  if (before > 0 && (await roles.countActiveAdmins()) === 0) throw new AppError('last_admin');
  return result;
}

/**
 * Runs `change` on behalf of the caller, in a transaction that must not remove the last active administrator. The lock
 * serialises two administrators who remove each other, and the recount shows the second what the first did.
 * @throws AppError last_admin, unauthorized or forbidden
 */
export const keepAnAdmin = <T>(
  store: Store,
  caller: Caller,
  change: (tx: Transaction, caller: LockedCaller) => Promise<T>,
): Promise<T> =>
  store.changeAs(caller, (tx, locked) => refuseToRemoveLastAdmin(tx, () => change(tx, locked)), {
    lockAdmin: true,
  });
