import { z } from 'zod';
import { endpoint, type WorkQueue } from '../../http/route/endpoint.ts';
import { DeviceTokenResult, deviceCookie, setDeviceCookie } from '../devices/device-cookie.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import { Password } from '../passwords/fields.ts';
import { presentTokenSet, TokenSet } from '../sessions/token-set.ts';
import { maxSentLength } from '../users/email-address.ts';
import type { Login } from './login.ts';

const LoginBody = z.strictObject({
  email: z
    .string()
    .max(maxSentLength)
    .meta({ examples: ['test@example.com'] }),
  password: Password,
  device_token: z.string().max(200).optional().meta({
    description:
      'device_token of an earlier login, for clients that keep no cookies: strangers cannot lock it out',
  }),
});

const LoginResult = TokenSet.extend(DeviceTokenResult.shape).meta({ id: 'LoginResult' });

export function loginEndpoints(services: {
  login: Login;
  devices: DeviceTokens;
  hashQueue: WorkQueue;
  /** Keyed hash of an email as it was sent. */
  accountRef: (email: string) => string;
}) {
  const { login, devices, hashQueue } = services;
  return [
    endpoint(
      'POST /api/v1/auth/login',
      {
        summary: 'Log in with email and password',
        access: 'open',
        objective: 'authentication',
        securityEvent: 'login',
        queue: hashQueue,
        isKnownDevice: (text) => devices.isRecognised(text),
        limit: { name: 'login', points: 60, window: 60_000 },
        body: LoginBody,
        answers: { 200: { description: 'Tokens of a new session', data: LoginResult } },
        refuses: ['invalid_credentials', 'overloaded'],
      },
      async ({ body, client, priority, cookie, identify }) => {
        const { email, password } = body;
        const accountRef = services.accountRef(email);
        identify({ accountRef });
        const presented = body.device_token ?? cookie(deviceCookie);
        const credentials = { email, password, deviceToken: presented, accountRef };
        const { tokens, deviceToken, subject } = await login(credentials, client, priority);
        identify(subject);
        return {
          data: { ...presentTokenSet(tokens), device_token: deviceToken },
          headers: setDeviceCookie(deviceToken),
        };
      },
    ),
  ];
}
