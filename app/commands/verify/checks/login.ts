import { failed, passed, skipped, warning } from '../../checks/check.ts';
import { type VerifyCheck, type VerifyContext, withAccount } from '../context.ts';
import { describe, textField } from '../describe-reply.ts';
import { headerOf, type Reply } from '../http/client.ts';

export const category = 'Authentication';

/** What to do about an attempt that the service or a proxy refused, by the status of the answer. */
function fixFor({ lines, status }: Reply, what: string): string {
  const retryAfter = lines.find(([name]) => name === 'retry-after')?.[1];
  const later = retryAfter ? ` in ${retryAfter} seconds` : ' later';
  if (status === 429)
    return `Run again${later}, from another network, or with --read-only: a limit is used up`;
  if (status === 503) return `Run again${later}: the service is overloaded or a store does not answer`;
  if (status >= 400 && status < 500)
    return `Let the proxy pass ${what} on; if it is closed on purpose, run with --read-only`;
  return 'Look at the log of the service for this request';
}

/** @throws Error when the login did not return one */
export async function tokenOf({ account }: VerifyContext, login: 'first' | 'second'): Promise<string> {
  const token = textField(await account.login(login, headersOf(login)), 'data.access_token');
  if (!token) throw new Error(`the ${login} login returned no access token`);
  return token;
}

/** RFC 5737 reserves the address for documentation, so no client has it. */
export const forgedAddress = '192.0.2.123';

/** The second login claims another address, which the service must not believe. */
export const headersOf = (login: 'first' | 'second'): Readonly<Record<string, string>> =>
  login === 'first'
    ? {}
    : {
        'x-forwarded-for': forgedAddress,
        'x-real-ip': forgedAddress,
        forwarded: `for=${forgedAddress}`,
      };

export const loginChecks: readonly VerifyCheck[] = [
  {
    id: 'login-refused',
    category,
    title: 'The login of an account that cannot exist is refused',
    documentation:
      'A login of `nobody-…@verify.invalid` takes the whole way of a login through Postgres, Redis and the password hash, creates nothing, and must end with 401 `invalid_credentials`. 429 means that a limit is used up, 503 an overload or an unavailable store.',
    needs: ['readiness'],
    async run(context) {
      const reply = await context.refusedLogin();
      if (reply.status === 401 && textField(reply, 'code') === 'invalid_credentials')
        return passed('Refused');
      return failed(describe(reply), fixFor(reply, 'POST /api/v1/auth/login'));
    },
  },
  {
    id: 'state-folder',
    category,
    title: 'The throw-away account is remembered until it is deleted',
    documentation:
      'Before `verify` registers its account, it writes a file (mode 0600) from which `verify URL --cleanup` logs in and deletes what a killed run has left. The folder is `auth-service-verify` below `XDG_STATE_HOME` or the temporary folder, or what `--state-dir` names. If the folder cannot be written, the run goes on with a warning.',
    needs: ['login-refused'],
    run: withAccount(async ({ account }) => {
      await account.register().catch(() => undefined);
      const fault = account.stateFault();
      if (!fault) return passed(account.email);
      return warning(
        `A killed run would leave its account: ${fault}`,
        'Name a folder of your own with --state-dir',
      );
    }),
  },
  {
    id: 'registration',
    category,
    title: 'A new account can be registered',
    documentation:
      'Section 5.3 of the deployment guide. Registers `verify-…@verify.invalid` with a random password, and deletes it at the end of the run. 403, 404 or 405 mean that a proxy keeps registration closed: run with `--read-only` then. 429 means that the limit of this network is used up. 422 names a field that the service refuses.',
    needs: ['login-refused'],
    run: withAccount(async ({ account }) => {
      const reply = await account.register();
      if (reply.status === 201) return passed(account.email);
      return failed(describe(reply), fixFor(reply, 'POST /api/v1/auth/register'));
    }),
  },
  {
    id: 'login',
    category,
    title: 'The new account can log in',
    documentation:
      'Logs in with the password of the registration and expects an access token and a refresh token. 401 right after a registration means that another database answers than the one that has the account, for example a replica that lags behind, or a second deployment behind the same load balancer.',
    needs: ['registration'],
    run: withAccount(async ({ account }) => {
      const reply = await account.login('first');
      const hasTokens =
        textField(reply, 'data.access_token') !== undefined &&
        textField(reply, 'data.refresh_token') !== undefined;
      if (reply.status === 200 && hasTokens) return passed('Access token and refresh token');
      return failed(describe(reply), fixFor(reply, 'POST /api/v1/auth/login'));
    }),
  },
  {
    id: 'tokens-not-stored',
    category,
    title: 'No cache stores tokens, and no proxy compresses them',
    documentation:
      'The answer to a login must have `Cache-Control: no-store` and no `Content-Encoding`. A proxy that stores tokens gives them to others, and compression of secrets beside text of a client reveals them (BREACH). Remove the rule for caching or compression of `/api/` from the proxy.',
    needs: ['login'],
    run: withAccount(async ({ account }) => {
      const reply = await account.login('first');
      const fix = 'Remove the rules for caching and compression of /api/ from the proxy';
      const control = headerOf(reply, 'cache-control') ?? 'no Cache-Control';
      if (!/\bno-store\b/.test(control)) return failed(`The answer has ${control}`, fix);
      const encoding = headerOf(reply, 'content-encoding');
      return encoding ? failed(`The answer is compressed with ${encoding}`, fix) : passed(control);
    }),
  },
  {
    id: 'current-user',
    category,
    title: 'The access token leads to its account',
    documentation:
      '`GET /api/v1/users/me` with the new token answers with the throw-away account. 401 right after a login usually means that a proxy removes or replaces the `Authorization` header.',
    needs: ['login'],
    run: withAccount(async (context) => {
      const token = await tokenOf(context, 'first');
      const reply = await context.http.send({ path: '/api/v1/users/me', token });
      if (reply.status !== 200)
        return failed(describe(reply), 'Let the proxy pass the Authorization header on unchanged');
      if (textField(reply, 'data.email') === context.account.email) return passed(context.account.email);
      return failed(
        'The answer is about another account',
        'Let no proxy or CDN store answers of /api/, and end the sessions of the users that it has mixed up',
      );
    }),
  },
  {
    id: 'answers-fresh',
    category,
    title: 'No cache answers for the service',
    documentation:
      'Asks for `/api/v1/users/me` again with another request id. If the old id comes back, the answer is a stored one: a proxy or CDN stores answers although they say `no-store`, and can show the data of one user to another.',
    needs: ['current-user'],
    run: withAccount(async (context) => {
      const token = await tokenOf(context, 'first');
      const before = context.http.replies.findLast(({ sent }) => sent.path === '/api/v1/users/me');
      const reply = await context.http.send({ path: '/api/v1/users/me', token });
      const [old, current] = [before, reply].map((each) => each && headerOf(each, 'x-request-id'));
      if (current === undefined) return skipped('The answers have no request id');
      if (old !== current) return passed('Each answer has its own request id');
      return failed(
        'The second answer is a copy of the first one',
        'Let no proxy or CDN store answers of /api/, and clear what it has stored',
      );
    }),
  },
];
