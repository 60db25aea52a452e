import type { z } from 'zod';
import { AppError, type FieldError } from '../../errors.ts';

/** Nested objects and lists. No request body needs more than three levels. The walk below must not exhaust the stack. */
const maxDepth = 20;
/** An error response must not be many times as large as its request. */
const maxFields = 20;
const maxPathLength = 100;

/** Postgres cannot store NUL, and a lone surrogate has no UTF-8 form. Both would be lost or refused later. */
function findBadText(value: unknown, path: string, depth = 0): FieldError | null {
  if (typeof value === 'string') {
    if (value.includes('\0')) return { path, message: 'must not contain a NUL character' };
    return value.isWellFormed() ? null : { path, message: 'must be well-formed Unicode' };
  }
  if (value === null || typeof value !== 'object') return null;
  if (depth === maxDepth) return { path, message: 'is nested too deeply' };
  for (const [key, item] of Object.entries(value)) {
    const inner = path ? `${path}.${key}` : key;
    const found = findBadText(key, inner) ?? findBadText(item, inner, depth + 1);
    if (found) return found;
  }
  return null;
}

/** The caller chooses the keys in a path, so the path is cut and cleaned. */
function presentable({ path, message }: FieldError): FieldError {
  return { path: path.slice(0, maxPathLength).toWellFormed().replaceAll('\0', ''), message };
}

/** @throws AppError validation_failed naming the field */
export function refuseField(path: string, message: string): never {
  throw new AppError('validation_failed', { fields: [presentable({ path, message })] });
}

/** One entry for each unknown key, by its own path, instead of one for the whole object. */
function fieldErrors(issue: z.core.$ZodIssue, unknown: string): FieldError[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: unknown }));
}

/**
 * @param unknown the message for a field that the schema does not have
 * @throws AppError validation_failed naming each field at fault, up to twenty (ASVS 2.2.1)
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, unknown = 'is not a known field'): T {
  const badText = findBadText(value, '');
  if (badText) throw new AppError('validation_failed', { fields: [presentable(badText)] });
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues
    .flatMap((issue) => fieldErrors(issue, unknown))
    .slice(0, maxFields)
    .map(presentable);
  throw new AppError('validation_failed', { fields });
}
