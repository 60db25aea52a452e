import { z } from 'zod';

/*
 * Schemas that several features use. One schema serves validation, types and the OpenAPI document. Request objects
 * refuse unknown fields. An `id` in the meta makes a schema a named component of the document.
 */

export const Id = z.uuid();
export const Instant = z.iso.datetime().meta({ examples: ['2026-01-31T12:00:00.000Z'] });
/** An id that is sent. Postgres compares ids as numbers, but caches, messages and the audit log compare their texts. */
export const SentId = Id.toLowerCase();
export const IdParams = z.object({ id: SentId });

export const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .default(20)
  .meta({ description: 'Items per page' });
export const cursor = z
  .string()
  .max(500)
  .optional()
  .meta({ description: 'meta.next_cursor of the page before' });
export const PageQuery = z.strictObject({ limit, cursor });
