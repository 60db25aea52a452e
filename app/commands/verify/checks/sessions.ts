import { type Finding, failed, passed } from '../../checks/check.ts';
import { type VerifyCheck, type VerifyContext, withAccount } from '../context.ts';
import { describe, fieldOf, textField } from '../describe-reply.ts';
import type { Reply } from '../http/client.ts';
import { category, forgedAddress, headersOf, tokenOf } from './login.ts';

const refresh = ({ http }: VerifyContext, refreshToken: string): Promise<Reply> =>
  http.send({
    method: 'POST',
    path: '/api/v1/auth/refresh',
    json: { refresh_token: refreshToken },
  });

/** Whether the service still accepts the token. */
async function expectDead({ http }: VerifyContext, token: string, when: string): Promise<Finding> {
  const reply = await http.send({ path: '/api/v1/users/me', token });
  if (reply.status === 401) return passed(`The access token is refused ${when}`);
  return failed(
    `The access token works ${when}: ${describe(reply)}`,
    'Let no proxy store answers of /api/, and look at the log of the service for errors of Redis and Postgres',
  );
}

export const sessionChecks: readonly VerifyCheck[] = [
  {
    id: 'client-address',
    category,
    title: 'A forged client address is ignored',
    documentation:
      'The second login sends `X-Forwarded-For`, `X-Real-IP` and `Forwarded` with an address that no client has. The list of sessions must not show it. If it does, `TRUSTED_PROXIES` contains more than the proxies, or the proxy passes on what clients send: rate limits and the login history can then be deceived. Name only the addresses of the proxies, and let the proxy replace `X-Forwarded-For`.',
    needs: ['current-user', 'answers-fresh'],
    run: withAccount(async (context) => {
      await context.account.login('second', headersOf('second'));
      const token = await tokenOf(context, 'first');
      const reply = await context.http.send({ path: '/api/v1/users/me/sessions', token });
      const sessions = fieldOf(reply, 'data');
      if (reply.status !== 200 || !Array.isArray(sessions))
        return failed(describe(reply), 'Look at the log of the service for this request');
      const addresses = sessions.map((session) => String(Object(session).ip));
      if (!addresses.includes(forgedAddress)) return passed(`The sessions are from ${addresses.join(', ')}`);
      return failed(
        'The service believes the forged address',
        'Set TRUSTED_PROXIES to the addresses of the proxies only, and let the proxy replace X-Forwarded-For',
      );
    }),
  },
  {
    id: 'refresh',
    category,
    title: 'A refresh token is exchanged for new tokens',
    documentation:
      '`POST /api/v1/auth/refresh` returns a new access token and a new refresh token. A failure right after a login means that the replicas use different databases, or that a proxy changes the body.',
    needs: ['login'],
    run: withAccount(async (context) => {
      const login = await context.account.login('second', headersOf('second'));
      const tokens = [textField(login, 'data.refresh_token') ?? ''];
      // Twice: within the grace period (REFRESH_GRACE) the token before the newest one is no replay.
      for (const _ of ['first', 'second']) {
        const reply = await refresh(context, tokens.at(-1) ?? '');
        const token = textField(reply, 'data.refresh_token');
        if (reply.status !== 200 || !token)
          return failed(describe(reply), 'Look at the log of the service for this request');
        tokens.push(token);
      }
      context.refreshTokens.push(...tokens);
      return passed('Twice');
    }),
  },
  {
    id: 'refresh-replay',
    category,
    title: 'A used refresh token is refused',
    documentation:
      'Sends a refresh token that was exchanged two refreshes ago. It must be refused with 401, because a thief may have it. If it is accepted, a proxy answers from a cache, or the replicas use different databases.',
    needs: ['refresh'],
    run: withAccount(async (context) => {
      const [first = ''] = context.refreshTokens;
      const reply = await refresh(context, first);
      if (reply.status === 401) return passed('Refused');
      return failed(
        describe(reply),
        'Let no proxy store answers of /api/, and let all replicas use the same database',
      );
    }),
  },
  {
    id: 'replay-ends-session',
    category,
    title: 'The replay of a refresh token ends its session',
    documentation:
      'After the replay, the session of the token has ended: its access token must be refused at once. If it still works, the replicas do not notice revocations: look at Redis, and at the log for `session_states`.',
    needs: ['refresh-replay', 'answers-fresh'],
    run: withAccount(async (context) =>
      expectDead(context, await tokenOf(context, 'second'), 'after the replay'),
    ),
  },
  {
    id: 'logout',
    category,
    title: 'A logout ends the session at once',
    documentation:
      '`POST /api/v1/auth/logout` answers 204, and the access token is refused from then on. If it still works, a proxy answers from a cache, or a replica does not notice the revocation.',
    needs: ['current-user', 'answers-fresh'],
    run: withAccount(async (context) => {
      const token = await tokenOf(context, 'first');
      const reply = await context.http.send({ method: 'POST', path: '/api/v1/auth/logout', token });
      if (reply.status !== 204)
        return failed(describe(reply), 'Look at the log of the service for this request');
      return expectDead(context, token, 'after the logout');
    }),
  },
  {
    id: 'account-deletion',
    category,
    title: 'The throw-away account is deleted',
    documentation:
      'Deletes the account with its own password, and checks that its token is refused afterwards. If that fails, the account stays: `auth-service verify URL --cleanup` tries again later. It has no role, and its password is random and known to the state folder only.',
    needs: ['current-user', 'answers-fresh'],
    run: withAccount(async (context) => {
      const deletion = await context.account.remove();
      const fix = 'Run auth-service verify with the same URL and --cleanup';
      if (deletion.result === 'left') return failed(`The account is left: ${deletion.reason}`, fix);
      if (deletion.result === 'absent') return failed('The account did not exist any more', fix);
      return expectDead(context, deletion.token, 'after the deletion');
    }),
  },
];
