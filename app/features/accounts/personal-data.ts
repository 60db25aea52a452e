import type { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { startBody } from '../../http/route/streamed-body.ts';
import type { Page } from '../../store/postgres/database.ts';
import type { Store } from '../../store/store.ts';
import type { AuditRecord } from '../../store/tables/audit-log.ts';
import type { LoginHistory } from '../../store/tables/login-histories.ts';
import type { CreatedPosition } from '../../store/tables/users.ts';
import { getOwnAccount } from '../passwords/password-confirmation.ts';

export type PersonalData = ReturnType<typeof createPersonalData>;

/** Rows per query, and in memory for each export. */
const pageSize = 500;
/** Milliseconds until an export must be complete, however slowly its client reads. */
export const exportDeadline = 15 * 60_000;
/** Retry-After of a refused export, in seconds. */
const retryAfter = 5;

/** Reads a list to its end. Asks for a page when the consumer has taken the page before. */
async function* readPages<Row, Position>(page: (after?: Position) => Promise<Page<Row, Position>>) {
  let after: Position | undefined;
  do {
    const { items, next } = await page(after);
    yield items;
    after = next ?? undefined;
  } while (after);
}

export type ExportedData = Awaited<ReturnType<typeof readData>>;

/**
 * Each page is a query of its own: no transaction, cursor or connection stays open while a slow client reads. A row
 * that is written or purged meanwhile may therefore be missing. `replica` may lag behind; nothing here decides anything.
 * @throws AppError unauthorized or service_unavailable
 */
async function readData({ store, replica }: { store: Store; replica: Store }, userId: string) {
  const limit = pageSize;
  return {
    account: await getOwnAccount(store, userId),
    sessions: readPages((after?: CreatedPosition) => store.sessions.listAll(userId, limit, after)),
    loginHistory: readPages((after?: Pick<LoginHistory, 'occurredAt' | 'id'>) =>
      replica.loginHistories.listForUser({ userId, limit, after }),
    ),
    auditLog: readPages((after?: Pick<AuditRecord, 'occurredAt' | 'id'>) =>
      replica.auditLog.listForUser({ userId, limit, after }),
    ),
  };
}

/**
 * Everything that is stored about a user, for that user.
 * @param options.maxConcurrent exports at once in this process, each with about two pages of rows in memory
 * @param options.deadline milliseconds for one export @default exportDeadline
 */
export function createPersonalData(options: {
  store: Store;
  replica: Store;
  maxConcurrent: number;
  deadline?: number;
}) {
  const { maxConcurrent, deadline = exportDeadline } = options;
  const exporting = new Set<string>();

  return {
    /**
     * Exports all data (GDPR articles 15 and 20) as fast as the client reads them. An export must be complete, so
     * instead of its size the number of simultaneous exports is limited: one per user, and few per process.
     * @param render turns the data into the text of the response
     * @throws AppError service_unavailable when the user or too many others export already
     */
    async export(userId: string, render: (data: ExportedData) => AsyncGenerator<string>): Promise<Readable> {
      if (exporting.has(userId) || exporting.size >= maxConcurrent) {
        throw new AppError('service_unavailable', { detail: 'Too many exports are running', retryAfter });
      }
      exporting.add(userId);
      try {
        const body = await startBody(render(await readData(options, userId)), deadline);
        return body.once('close', () => exporting.delete(userId));
      } catch (error) {
        exporting.delete(userId);
        throw error;
      }
    },
  };
}
