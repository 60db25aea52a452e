import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { Page } from '../../store/postgres/database.ts';

/** The position of the last row of a page (keyset pagination), opaque to clients. */
export function encodeCursor(keyset: unknown): string | null {
  return keyset === null ? null : Buffer.from(JSON.stringify(keyset)).toString('base64url');
}

/** @throws AppError validation_failed for a cursor that does not have the form of this list's cursors */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (error) {
    const message = 'must be the next_cursor of a page before';
    throw new AppError('validation_failed', { cause: error, fields: [{ path: 'cursor', message }] });
  }
}

/** Postgres has no year 0 and would fail the whole query. */
const instant = z.iso
  .datetime()
  .refine((text) => !text.startsWith('0000'))
  .transform((text) => new Date(text));

export const HistoryKeyset = z.strictObject({ occurredAt: instant, id: z.uuid() });
/** The id is a bigint as text. */
export const AuditKeyset = z.strictObject({ occurredAt: instant, id: z.string().regex(/^\d{1,18}$/) });
export const CreatedKeyset = z.strictObject({ createdAt: instant, id: z.uuid() });

/** Postgres cannot store NUL, which JSON can contain. */
export const TextKeyset = z
  .string()
  .max(254)
  .refine((value) => value.isWellFormed() && !value.includes('\0'));

/** The answer for one page of a list. */
export function pageAnswer<Row, Position>(page: Page<Row, Position>, present: (row: Row) => unknown) {
  return { data: page.items.map(present), meta: { next_cursor: encodeCursor(page.next) } };
}
