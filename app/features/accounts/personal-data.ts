import { AppError } from '../../errors.ts';
import type { Page } from '../../store/postgres/database.ts';
import type { Store } from '../../store/store.ts';
import type { AuditRecord } from '../../store/tables/audit-log.ts';
import type { CreatedPosition } from '../../store/tables/users.ts';
import { getOwnAccount } from '../passwords/password-confirmation.ts';

export type PersonalData = ReturnType<typeof createPersonalData>;

/** Rows per query. */
const batch = 500;
/** Exports that a process reads at once. Each keeps all rows of a user in memory. */
const maxConcurrentExports = 2;
/** Retry-After of a refused export, in seconds. */
const retryAfter = 5;

/** Reads every row of a list page by page, so that no single query has to read all of them within its deadline. */
async function readAllPages<T, Position>(
  page: (after?: Position) => Promise<Page<T, Position>>,
): Promise<T[]> {
  const all: T[] = [];
  let after: Position | undefined;
  do {
    const { items, next } = await page(after);
    all.push(...items);
    after = next ?? undefined;
  } while (after);
  return all;
}

/** Everything that is stored about a user, for that user. `replica` may lag behind; nothing here decides anything. */
export function createPersonalData({ store, replica }: { store: Store; replica: Store }) {
  const exporting = new Set<string>();

  async function read(userId: string) {
    return {
      account: await getOwnAccount(store, userId),
      sessions: await readAllPages((after?: CreatedPosition) => store.sessions.listAll(userId, batch, after)),
      auditLog: await readAllPages((after?: Pick<AuditRecord, 'occurredAt' | 'id'>) =>
        replica.auditLog.listForUser({ userId, limit: batch, after }),
      ),
      loginHistory: await readAllPages((after?: { occurredAt: Date; id: string }) =>
        replica.loginHistories.listForUser({ userId, limit: batch, after }),
      ),
    };
  }

  return {
    /**
     * Exports all data (GDPR articles 15 and 20). The export must be complete, so instead of its size the number of
     * concurrent exports is limited: one per user, and few per process.
     * @throws AppError service_unavailable when the user or too many others export already
     */
    async export(userId: string) {
      if (exporting.has(userId) || exporting.size >= maxConcurrentExports) {
        throw new AppError('service_unavailable', { detail: 'Too many exports are running', retryAfter });
      }
      exporting.add(userId);
      try {
        return await read(userId);
      } finally {
        exporting.delete(userId);
      }
    },
  };
}
