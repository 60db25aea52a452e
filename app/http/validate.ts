import type { z } from 'zod';
import { AppError, type FieldError } from '../errors.ts';

/** Postgres cannot store NUL, and a lone surrogate has no UTF-8 form: both would be lost or refused further down. */
function findBadText(value: unknown, path: string): FieldError | null {
  if (typeof value === 'string') {
    if (value.includes('\0')) return { path, message: 'must not contain a NUL character' };
    return value.isWellFormed() ? null : { path, message: 'must be well-formed Unicode' };
  }
  if (value === null || typeof value !== 'object') return null;
  for (const [key, item] of Object.entries(value)) {
    const inner = path ? `${path}.${key}` : key;
    const found = findBadText(key, inner) ?? findBadText(item, inner);
    if (found) return { path: found.path.toWellFormed().replaceAll('\0', ''), message: found.message };
  }
  return null;
}

/** One entry for each unknown key, by its own path, instead of one for the object that holds them. */
function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not a known field' }));
}

/**
 * @throws AppError validation_failed naming each field at fault (ASVS 2.2.1)
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): T {
  const badText = findBadText(value, '');
  if (badText) throw new AppError('validation_failed', { fields: [badText] });
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError('validation_failed', { fields: result.error.issues.flatMap(fieldErrors) });
}
