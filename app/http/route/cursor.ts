import { z } from 'zod';
import { AppError } from '../../errors.ts';

/** The keyset of the last row of a page, opaque to clients. */
export function encodeCursor(keyset: unknown): string | null {
  return keyset === null ? null : Buffer.from(JSON.stringify(keyset)).toString('base64url');
}

/** @throws AppError validation_failed for a cursor that this list did not give out */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (error) {
    const message = 'must be the next_cursor of a page before';
    throw new AppError('validation_failed', { cause: error, fields: [{ path: 'cursor', message }] });
  }
}

/** Postgres knows no year 0, and refuses the query instead of the value. */
const instant = z.iso
  .datetime()
  .refine((text) => !text.startsWith('0000'))
  .transform((text) => new Date(text));

/** Strings that go on to Postgres hold no NUL, which JSON can carry. */
const text = z
  .string()
  .max(254)
  .refine((value) => value.isWellFormed() && !value.includes('\0'));

export const HistoryKeyset = z.strictObject({ occurredAt: instant, id: z.uuid() });
export const CreatedKeyset = z.strictObject({ createdAt: instant, id: z.uuid() });
export const TextKeyset = text;
