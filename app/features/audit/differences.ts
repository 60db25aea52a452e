import type { Account } from '../../store/tables/users.ts';
import type { AuditEvent, AuditValues } from './audit-log.ts';

/** What a change replaces and with what. */
type Difference = Pick<AuditEvent, 'old' | 'new'>;

export const statusOf = ({ disabledAt }: Pick<Account, 'disabledAt'>) => (disabledAt ? 'disabled' : 'active');

/** Of email and username, what the change sets; both values, also if they are equal. */
export function identityDifference(
  before: Pick<Account, 'email' | 'username'>,
  columns: Pick<AuditValues, 'email' | 'username'>,
): Difference {
  const { email, username } = columns;
  return {
    old: {
      ...(email !== undefined && { email: before.email }),
      ...(username !== undefined && { username: before.username }),
    },
    new: columns,
  };
}

/** A deleted account frees email and username, so only the audit log still tells whose they were. */
export const deletionOf = (before: Account): Difference => ({
  old: { email: before.email, username: before.username, roles: before.roles, status: statusOf(before) },
  new: { status: 'deleted' },
});
