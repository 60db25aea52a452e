import type { Reply } from './http/client.ts';

/** A field of the body, at a path such as `data.user.id`; undefined if the body has no such field. */
export function fieldOf({ body }: Reply, path: string): unknown {
  // reason: the body of an answer may be anything, and a missing field is a finding of the check.
  return path.split('.').reduce<unknown>((value, key) => Object(value)[key], body);
}

export const textField = (reply: Reply, path: string): string | undefined => {
  const value = fieldOf(reply, path);
  return typeof value === 'string' ? value : undefined;
};

/** `POST /api/v1/auth/login answered 401 invalid_credentials`. A code is lower-case words, so no secret gets into it. */
export function describe(reply: Reply): string {
  const { method = 'GET', path } = reply.sent;
  const code = textField(reply, 'code');
  return `${method} ${path} answered ${reply.status}${code && /^[a-z_]{1,60}$/.test(code) ? ` ${code}` : ''}`;
}
