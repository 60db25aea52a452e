import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { failed, passed, skipped } from '../../checks/check.ts';
import { type VerifyCheck, type VerifyContext, withAccount } from '../context.ts';
import { describe, textField } from '../describe-reply.ts';

const category = 'Keys and tokens';

const Jwks = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string() })),
});

/** Members of a JWK that belong to a private or symmetric key (RFC 7518 section 6). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

/** The access token of the first login, which the check `login` has seen. */
async function tokenOf({ account }: VerifyContext): Promise<string> {
  const token = textField(await account.login('first'), 'data.access_token');
  if (!token) throw new Error('the login returned no access token');
  return token;
}

export const keyChecks: readonly VerifyCheck[] = [
  {
    id: 'jwks',
    category,
    title: 'The public keys are published',
    documentation:
      '`GET /.well-known/jwks.json` answers with a set of public keys (RFC 7517), each with `kid` and `alg`. With HS256 the set is empty. A failure usually means that a proxy does not pass the path on. A private member in a key would be a leak: revoke that key at once.',
    needs: ['health'],
    async run(context) {
      const reply = await context.jwks();
      const parsed = Jwks.safeParse(reply.body);
      if (reply.status !== 200 || !parsed.success)
        return failed(describe(reply), 'Let the proxy pass /.well-known/jwks.json on to the service');
      const { keys } = parsed.data;
      if (keys.some((key) => secretMembers.some((member) => member in key)))
        return failed('A key contains private members', 'Revoke the key with auth-service keys revoke');
      return passed(keys.length === 0 ? 'No key, as with HS256' : keys.map(({ alg }) => alg).join(', '));
    },
  },
  {
    id: 'signing-key',
    category,
    title: 'The key that signs tokens is among the published ones',
    documentation:
      'Verifies the access token of the throw-away account with the published keys: its `kid` must be in the set and its signature must be right. A failure means that a proxy or a CDN answers with an old set, or that another deployment answers `/.well-known/jwks.json`: services that verify tokens then refuse the tokens of users. Keep the set no longer than its `Cache-Control` says.',
    needs: ['jwks', 'login'],
    run: withAccount(async (context) => {
      const token = await tokenOf(context);
      const { alg, kid } = decodeProtectedHeader(token);
      if (alg === 'HS256') return skipped('HS256 has no public key');
      const { keys } = Jwks.parse((await context.jwks()).body);
      const fix = 'Let no proxy or CDN keep the set for longer than its Cache-Control says';
      if (!keys.some((key) => key.kid === kid && key.alg === alg))
        return failed('The key that signs is not in the published set', fix);
      const isSigned = await compactVerify(token, createLocalJWKSet({ keys })).then(
        () => true,
        () => false,
      );
      return isSigned ? passed(`${alg}, ${kid}`) : failed('The published key does not verify the token', fix);
    }),
  },
  {
    id: 'token-issuer',
    category,
    title: 'Tokens name the expected issuer',
    documentation:
      'Compares the claim `iss` of an access token with `--expect-issuer`. Other services verify this claim. Another value means that `JWT_ISSUER` differs between this deployment and the services that use it.',
    needs: ['login'],
    run: withAccount(async (context) => {
      const { iss } = decodeJwt(await tokenOf(context));
      const expected = context.options.expectedIssuer;
      if (expected === undefined) return skipped(`The issuer is ${iss}, and --expect-issuer names none`);
      if (iss === expected) return passed(expected);
      return failed(`The issuer is ${iss} and not ${expected}`, `Set JWT_ISSUER=${expected}`);
    }),
  },
  {
    id: 'token-lifetime',
    category,
    title: 'Access tokens expire within an hour',
    documentation:
      'Compares `exp` and `iat` of an access token. Other services accept an access token until it expires, even if its session has ended. Lower `ACCESS_TOKEN_TTL`.',
    needs: ['login'],
    run: withAccount(async (context) => {
      const { exp = 0, iat = 0 } = decodeJwt(await tokenOf(context));
      const minutes = Math.round((exp - iat) / 60);
      if (exp > iat && exp - iat <= 3600) return passed(`${minutes} minutes`);
      return failed(
        `An access token is valid for ${minutes} minutes`,
        'Lower ACCESS_TOKEN_TTL, for example to 15m',
      );
    }),
  },
  {
    id: 'token-clock',
    category,
    title: 'The clock of the service is right',
    documentation:
      'Compares the claim `iat` of a new access token, which the service takes from its own clock, with the clock of this machine: a warning above 5 seconds, a failure above 60. Other services refuse tokens that come from the future. Start the time synchronization of the host (chrony, systemd-timesyncd). `clock-skew` looks at the `Date` header, which a proxy may write.',
    needs: ['login', 'clock-skew'],
    run: withAccount(async (context) => {
      const reply = await context.account.login('first');
      const { iat = 0 } = decodeJwt(await tokenOf(context));
      return judgeSkew(iat * 1000 - reply.receivedAt.getTime(), 'The service');
    }),
  },
];

/** @param skew milliseconds by which the other clock is ahead. Whole seconds are rounded down, so one is no skew. */
export function judgeSkew(skew: number, whose: string) {
  const seconds = Math.round(Math.abs(skew) / 1000);
  const message = `${whose} is ${seconds} seconds ${skew < 0 ? 'behind' : 'ahead of'} this machine`;
  const fix = 'Synchronize the clocks of the host and of this machine (chrony, systemd-timesyncd)';
  if (seconds > 60) return failed(message, fix);
  return seconds > 5 ? { status: 'warning' as const, message, fix } : passed(message);
}
