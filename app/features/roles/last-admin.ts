import { AppError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';

/**
 * Runs `change` in a transaction that must not remove the last active administrator. The lock serialises two
 * administrators who remove each other, and the recount shows the second what the first did. If nobody has the role
 * yet, the check passes.
 * @throws AppError last_admin
 */
export function keepAnAdmin<T>(store: Store, change: (tx: Store) => Promise<T>): Promise<T> {
  return store.transaction(async (tx) => {
    await tx.roles.lockAdmin();
    const before = await tx.roles.countActiveAdmins();
    const result = await change(tx);
    if (before > 0 && (await tx.roles.countActiveAdmins()) === 0) throw new AppError('last_admin');
    return result;
  });
}
