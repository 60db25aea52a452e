import { z } from 'zod';
import { endpoint, type WorkQueue } from '../../http/route/endpoint.ts';
import { confirmationErrors, confirmationLimit, Password } from '../passwords/fields.ts';
import { TokenSet } from '../sessions/token-set.ts';
import type { Reauthenticate } from './reauthenticate.ts';

const ReauthenticateBody = z.strictObject({ password: Password });
const AccessToken = TokenSet.pick({ access_token: true, token_type: true, expires_in: true }).meta({
  id: 'AccessToken',
});

export function stepUpEndpoints(services: { reauthenticate: Reauthenticate; hashQueue: WorkQueue }) {
  const { reauthenticate, hashQueue } = services;
  return [
    endpoint(
      'POST /api/v1/auth/reauthenticate',
      {
        summary: 'Prove the password again, for changes that need a recent authentication',
        access: 'user',
        securityEvent: 'reauthentication',
        queue: hashQueue,
        limit: confirmationLimit,
        body: ReauthenticateBody,
        answers: { 200: { description: 'A new access token of the same session', data: AccessToken } },
        refuses: [...confirmationErrors],
      },
      async ({ caller, client, body }) => {
        const { token, expiresIn } = await reauthenticate({ caller, client }, body.password);
        return { data: { access_token: token, token_type: 'Bearer', expires_in: expiresIn } };
      },
    ),
  ];
}
