import { z } from 'zod';
import type { Context } from './context.ts';
import { refuseField, validate } from './validate.ts';

/** The query of an endpoint that declares none. */
const noQuery = z.strictObject({});

/** Decodes as a form does, except that a wrong escape is an error and no byte is replaced. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return refuseField(text, 'must be percent-encoded UTF-8');
  }
}

/** Whether the schema has a list under this name, so that the parameter may be repeated. */
function isList(schema: z.ZodType, name: string): boolean {
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, name)) return false;
  const field: unknown = schema.shape[name];
  return (field instanceof z.ZodOptional ? field.unwrap() : field) instanceof z.ZodArray;
}

/** A Map, because a client chooses the names, and `__proto__` is one of them. */
function parse(schema: z.ZodType, text: string): Map<string, string | string[]> {
  const parameters = new Map<string, string | string[]>();
  for (const pair of text.split('&').filter(Boolean)) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    const [key, decoded] = [decode(name), decode(value)];
    const before = parameters.get(key);
    if (Array.isArray(before)) before.push(decoded);
    else if (isList(schema, key)) parameters.set(key, [decoded]);
    else if (before === undefined) parameters.set(key, decoded);
    else refuseField(key, 'must be given only once');
  }
  return parameters;
}

/**
 * The query of a request. A misspelled parameter, or one that the endpoint does not have, must not get the answer to a
 * request without it: a gateway would trust a check that never happened.
 * @throws AppError validation_failed naming each parameter that is unknown, repeated or invalid (ASVS 2.2.1, 15.3.7)
 */
export function readQuery(ctx: Context, schema: z.ZodType | undefined): unknown {
  const { url = '' } = ctx.req;
  // A request target has no fragment (RFC 9112 section 3.2). Koa would drop it, and the parameters in it.
  if (url.includes('#')) refuseField('', 'must not contain a fragment');
  if (!schema && !url.includes('?')) return undefined;
  const parameters = Object.fromEntries(parse(schema ?? noQuery, ctx.querystring));
  return validate(schema ?? noQuery, parameters, 'is not a known query parameter');
}
