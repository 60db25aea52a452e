import { AppError } from '../errors.ts';
import type { AuditRecord } from '../store/audit-store.ts';
import type { LoginHistory } from '../store/login-history-store.ts';
import type { HeldSession } from '../store/session-store.ts';
import type { Store } from '../store/store.ts';
import type { Account } from '../store/user-store.ts';

export type PersonalData = ReturnType<typeof createPersonalData>;

interface HeldData {
  readonly account: Account;
  readonly sessions: readonly HeldSession[];
  readonly loginHistory: readonly LoginHistory[];
  readonly auditLog: readonly AuditRecord[];
}

/** Rows asked for at a time. */
const batch = 500;
/** Entries of the audit log about one user: far beyond what administrators do by hand. */
const auditLimit = 100_000;

/** What is held about a user, for the user. `replica` may lag behind; nothing here decides anything. */
export function createPersonalData(options: { store: Store; replica: Store }) {
  const { store, replica } = options;
  type Keyset = { occurredAt: Date; id: string };

  const loginHistory = (userId: string, limit: number, after?: Keyset) =>
    replica.loginHistories.listForUser({ userId, limit, ...(after && { after }) });

  async function wholeHistory(userId: string): Promise<LoginHistory[]> {
    const all: LoginHistory[] = [];
    let after: Keyset | undefined;
    do {
      const page = await loginHistory(userId, batch, after);
      all.push(...page.items);
      after = page.next ?? undefined;
    } while (after);
    return all;
  }

  return {
    loginHistory,

    async export(userId: string): Promise<HeldData> {
      const account = await store.users.findById(userId);
      if (!account) throw new AppError('unauthorized');
      const sessions = await store.sessions.listAll(userId);
      const auditLog = await replica.auditLog.listForUser(userId, auditLimit);
      return { account, sessions, auditLog, loginHistory: await wholeHistory(userId) };
    },
  };
}
