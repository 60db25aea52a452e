import { z } from 'zod';
import { CreatedKeyset, createCursors, TextKeyset } from '../../http/route/cursor.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import { cursor, limit } from '../../http/route/fields.ts';
import type { Store } from '../../store/store.ts';
import { usernameKey } from '../../store/usernames/username-key.ts';
import { canonicalEmailPrefix } from '../users/email-address.ts';
import { ManagedUser, presentManagedUser } from '../users/user.ts';
import { canonicalUsername, maxSentUsername } from '../users/username.ts';

const email = z.string().min(1).max(254).optional();
const username = z.string().min(1).max(maxSentUsername).optional();
const emailHelp = 'Beginning of the email, in any case; a domain beyond ASCII must be whole';
const usernameHelp = 'Beginning of the username, in any case';
const instead = 'Deprecated: proxies log query strings. Use POST /api/v1/admin/users/search.';

type Filter = Readonly<Partial<Record<'email' | 'username', string | undefined>>>;

/** Two filters would need another index, and one is enough to find a user. */
const hasOne = ({ email, username }: Filter): boolean => email === undefined || username === undefined;

const UsersQuery = z
  .strictObject({
    limit,
    cursor,
    email: email.meta({ deprecated: true, description: `${emailHelp}. ${instead}` }),
    username: username.meta({ deprecated: true, description: `${usernameHelp}. ${instead}` }),
  })
  .refine(hasOne, 'search by email or by username');

const SearchBody = z
  .strictObject({
    limit: z.int().min(1).max(100).default(20).meta({ description: 'Items per page' }),
    cursor,
    email: email.meta({ description: emailHelp }),
    username: username.meta({ description: usernameHelp }),
  })
  .refine(
    (body) => hasOne(body) && (body.email ?? body.username) !== undefined,
    'search by email or by username',
  );

interface Search extends Filter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of the users whose email or username begins with a prefix. */
async function searchUsers({ users }: Store, { email, username, limit, cursor }: Search) {
  const name = usernameKey(canonicalUsername(username ?? ''));
  const prefix = email === undefined ? name : canonicalEmailPrefix(email);
  const field = email === undefined ? 'username' : 'email';
  const cursors = createCursors(TextKeyset, 'users', field, prefix);
  const search = { prefix, limit, after: cursors.decode(cursor) };
  const page = field === 'email' ? users.searchByEmail(search) : users.searchByUsername(search);
  return cursors.answer(await page, presentManagedUser);
}

/** One page of all users, newest first. */
async function listUsers({ users }: Store, { limit, cursor }: Search) {
  const cursors = createCursors(CreatedKeyset, 'users');
  return cursors.answer(await users.list({ limit, after: cursors.decode(cursor) }), presentManagedUser);
}

const answers = { 200: { description: 'A page', data: ManagedUser.array(), page: true } };

/** @param replica may lag behind, which the list of users tolerates */
export function userSearchEndpoints(replica: Store) {
  return [
    endpoint(
      'GET /api/v1/admin/users',
      { summary: 'Users, newest first', access: 'admin', query: UsersQuery, answers },
      ({ query }) => {
        const isSearch = (query.email ?? query.username) !== undefined;
        return isSearch ? searchUsers(replica, query) : listUsers(replica, query);
      },
    ),
    // A POST that changes nothing: what is searched is personal data, and only a body stays out of access logs.
    endpoint(
      'POST /api/v1/admin/users/search',
      {
        summary: 'Users whose email or username begins with a prefix',
        access: 'admin',
        body: SearchBody,
        answers,
      },
      ({ body }) => searchUsers(replica, body),
    ),
  ];
}
