import { AppError } from '../../errors.ts';
import type { Page } from '../../store/postgres/database.ts';
import type { Store } from '../../store/store.ts';
import type { AuditRecord } from '../../store/tables/audit-log.ts';
import type { LoginHistory } from '../../store/tables/login-histories.ts';
import type { ExportedSession, SessionPosition } from '../../store/tables/sessions.ts';
import type { Account } from '../../store/tables/users.ts';

export type PersonalData = ReturnType<typeof createPersonalData>;

interface HeldData {
  readonly account: Account;
  readonly sessions: readonly ExportedSession[];
  readonly loginHistory: readonly LoginHistory[];
  readonly auditLog: readonly AuditRecord[];
}

/** Rows asked for at a time. */
const batch = 500;
/** Entries of the audit log about one user: far beyond what administrators do by hand. */
const auditLimit = 100_000;
/** Exports that a process reads at once: each holds all of a user's rows in memory, however many these are. */
const exportsAtOnce = 2;
/** Seconds after which a refused export makes sense again. */
const exportRetry = 5;

/** Every row of a list, asked for page by page, so that no single query has to read them all within its deadline. */
async function everyPage<T, Position>(page: (after?: Position) => Promise<Page<T, Position>>): Promise<T[]> {
  const all: T[] = [];
  let after: Position | undefined;
  do {
    const { items, next } = await page(after);
    all.push(...items);
    after = next ?? undefined;
  } while (after);
  return all;
}

/** What is held about a user, for the user. `replica` may lag behind; nothing here decides anything. */
export function createPersonalData(options: { store: Store; replica: Store }) {
  const { store, replica } = options;
  type Keyset = { occurredAt: Date; id: string };
  const exporting = new Set<string>();

  const loginHistory = (userId: string, limit: number, after?: Keyset) =>
    replica.loginHistories.listForUser({ userId, limit, ...(after && { after }) });

  async function read(userId: string): Promise<HeldData> {
    const account = await store.users.findById(userId);
    if (!account) throw new AppError('unauthorized');
    return {
      account,
      sessions: await everyPage<ExportedSession, SessionPosition>((after) =>
        store.sessions.listAll(userId, batch, after),
      ),
      auditLog: await replica.auditLog.listForUser(userId, auditLimit),
      loginHistory: await everyPage<LoginHistory, Keyset>((after) => loginHistory(userId, batch, after)),
    };
  }

  return {
    loginHistory,

    /**
     * All of it (GDPR articles 15 and 20), so it cannot be cut short; instead one user has one export under way, and
     * the process few.
     * @throws AppError service_unavailable when the user, or too many others, are at it already
     */
    async export(userId: string): Promise<HeldData> {
      if (exporting.has(userId) || exporting.size >= exportsAtOnce) {
        const detail = 'Too many exports are under way';
        throw new AppError('service_unavailable', { detail, retryAfter: exportRetry });
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
