import { CreatedKeyset, createCursors } from '../../http/route/cursor.ts';
import type { SystemStore } from '../../store/store.ts';
import type { Account } from '../../store/tables/users.ts';
import type { Result } from '../command-context.ts';

interface Options {
  /** Whether to list every account, and not administrators alone. */
  readonly all: boolean;
  readonly limit: number;
  /** Where the page before ended. */
  readonly cursor?: string;
}

const columns = ['id', 'email', 'username', 'status', 'last_login', 'roles'] as const;

/**
 * One page of administrators, or of all accounts, newest first.
 * @throws AppError validation_failed for a cursor of another list
 */
export async function listAccounts(
  { loginHistories, users }: SystemStore,
  options: Options,
): Promise<Result> {
  const { all, cursor, limit } = options;
  const cursors = createCursors(CreatedKeyset, all ? 'accounts' : 'admins');
  const query = { limit, after: cursors.decode(cursor) };
  const page = await (all ? users.list(query) : users.listAdmins(query));
  const lastLogins = await loginHistories.findLastLogins(page.items.map(({ id }) => id));
  const present = ({ createdAt, disabledAt, email, id, roles, username }: Account) => ({
    id,
    email,
    username,
    status: disabledAt ? 'disabled' : 'active',
    last_login: lastLogins.get(id)?.toISOString() ?? null,
    roles,
    created_at: createdAt.toISOString(),
  });
  const accounts = page.items.map(present);
  const nextCursor = cursors.answer(page, () => null).meta.next_cursor;
  const rows = accounts.map((account) =>
    columns.map((column) => String(account[column] ?? 'never')).join('\t'),
  );
  const more = nextCursor ? [`next page: --cursor ${nextCursor}`] : [];
  return {
    result: { accounts, next_cursor: nextCursor },
    lines: [columns.join('\t').replace('_', ' '), ...rows, ...more],
  };
}
