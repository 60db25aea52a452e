import { decodeJwt } from 'jose';
import type { TestApp } from './app.ts';
import { runStatement } from './run-statement.ts';
import type { TestStores } from './stores.ts';
import type { LoggedInUser } from './users.ts';

export const sessionIdOf = ({ access }: Pick<LoggedInUser, 'access'>): string =>
  String(decodeJwt(access).sid);

/** Exchanges the refresh token. */
export async function refresh(app: TestApp, user: LoggedInUser): Promise<LoggedInUser> {
  const { body } = await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
  return { ...user, access: body.data.access_token, refresh: body.data.refresh_token };
}

/** Lets eleven minutes pass since the user last proved the password. @returns the tokens of a refresh after them */
export async function ageAuthentication(
  app: TestApp,
  stores: TestStores,
  user: LoggedInUser,
): Promise<LoggedInUser> {
  const older = "auth_time = auth_time - interval '11 minutes'";
  await runStatement(stores, `update sessions set ${older} where id = '${sessionIdOf(user)}'`);
  return refresh(app, user);
}
