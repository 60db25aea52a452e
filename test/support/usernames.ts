import { randomBytes } from 'node:crypto';
import { newUser } from './rows.ts';
import type { openStatements } from './run-statement.ts';

export const cyrillic = 'бгджзклпфя';

/** Twelve letters, none of which looks like another. No other name contains them in this order. */
export const word = (alphabet = 'acdegkuxyz'): string =>
  [...randomBytes(12)].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');

type Statements = ReturnType<typeof openStatements>;

/** As the release before this one does. @returns the id of the account */
export async function insertAsBefore({ run }: Statements, username: string): Promise<string> {
  const { id, email } = newUser();
  await run('insert into users (id, email, username, password_hash) values ($1, $2, $3, $4)', [
    ...[id, email, username, 'hash'],
  ]);
  return id;
}

/** What the username of an account is compared by, as it is stored. */
export async function comparisonOf({ run }: Statements, id: string) {
  const columns = 'username_key, username_skeleton, skeleton_version, skeleton_is_unique';
  const [row] = await run<Record<string, unknown>>(`select ${columns} from users where id = $1`, [id]);
  return row;
}
