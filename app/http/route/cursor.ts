import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { Page } from '../../store/postgres/database.ts';
import { SentId } from './fields.ts';

/** Postgres has no year 0 and would fail the whole query. */
const instant = z.iso
  .datetime()
  .refine((text) => !text.startsWith('0000'))
  .transform((text) => new Date(text));

export const HistoryKeyset = z.strictObject({ occurredAt: instant, id: SentId });
/** The id is a bigint as text. */
export const AuditKeyset = z.strictObject({ occurredAt: instant, id: z.string().regex(/^\d{1,18}$/) });
export const CreatedKeyset = z.strictObject({ createdAt: instant, id: SentId });

/** Postgres cannot store NUL, which JSON can contain. */
export const TextKeyset = z
  .string()
  .max(254)
  .refine((value) => value.isWellFormed() && !value.includes('\0'));

/**
 * The cursors of one list: opaque to clients, each the position of the last row of a page (keyset pagination). A cursor is
 * bound to its list, because in another one the position would silently skip rows. A cursor is neither secret nor
 * authenticated: a forged one chooses a position in a list that its caller may read anyway.
 * @param list what distinguishes the list from others: a name, the filter, and the caller if the rows depend on the caller
 */
export function createCursors<Position>(schema: z.ZodType<Position>, ...list: readonly string[]) {
  const tag = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 11);
  const Content = z.tuple([z.literal(tag), schema]);

  function encode(position: unknown): string | null {
    if (position === null) return null;
    return Buffer.from(JSON.stringify([tag, position])).toString('base64url');
  }

  return {
    /** @throws AppError validation_failed unless a page of this list returned the cursor */
    decode(cursor: string | undefined): Position | undefined {
      if (cursor === undefined) return undefined;
      try {
        return Content.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))[1];
      } catch (error) {
        const message = 'must be the next_cursor of a page of the same list';
        throw new AppError('validation_failed', { cause: error, fields: [{ path: 'cursor', message }] });
      }
    },

    /** The answer for one page of the list. */
    answer: <Row>(page: Page<Row, unknown>, present: (row: Row) => unknown) => ({
      data: page.items.map(present),
      meta: { next_cursor: encode(page.next) },
    }),
  };
}
