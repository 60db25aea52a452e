import { describe, textField } from '../describe-reply.ts';
import type { HttpClient } from '../http/client.ts';
import type { Leftover } from './state-folder.ts';

/** How the deletion of an account ended. `absent`: there is no such account. */
export type Deletion =
  | { readonly result: 'deleted'; readonly token: string }
  | { readonly result: 'absent' }
  | { readonly result: 'left'; readonly reason: string };

/**
 * Logs in to the account and deletes it: at most two requests.
 * @returns `left` when the account may still exist; it never rejects
 */
export async function deleteAccount(
  http: Pick<HttpClient, 'send'>,
  { email, password }: Pick<Leftover, 'email' | 'password'>,
): Promise<Deletion> {
  try {
    const login = await http.send({
      method: 'POST',
      path: '/api/v1/auth/login',
      json: { email, password },
    });
    if (login.status === 401 && textField(login, 'code') === 'invalid_credentials')
      return { result: 'absent' };
    const token = textField(login, 'data.access_token');
    if (login.status !== 200 || !token) return { result: 'left', reason: describe(login) };
    // Load balancers of Google refuse a DELETE with a body.
    const deletion = await http.send({
      method: 'POST',
      path: '/api/v1/users/me/delete',
      token,
      json: { password },
    });
    if (deletion.status !== 204) return { result: 'left', reason: describe(deletion) };
    return { result: 'deleted', token };
  } catch (error) {
    return { result: 'left', reason: error instanceof Error ? error.message : String(error) };
  }
}
