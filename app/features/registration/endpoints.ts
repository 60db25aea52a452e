import { z } from 'zod';
import { endpoint, type WorkQueue } from '../../http/route/endpoint.ts';
import { NewPassword, newPasswordErrors } from '../passwords/fields.ts';
import { Email, presentUser, User, Username } from '../users/user.ts';
import type { Register } from './register.ts';

const RegisterBody = z.strictObject({ email: Email, password: NewPassword, username: Username });

export function registrationEndpoints(services: {
  register: Register;
  hashQueue: WorkQueue;
  /** Keyed hash of an email as it was sent. */
  accountRef: (email: string) => string;
}) {
  const { register, hashQueue, accountRef } = services;
  return [
    endpoint(
      'POST /api/v1/auth/register',
      {
        summary: 'Register a new user',
        access: 'open',
        objective: 'authentication',
        securityEvent: 'registration',
        queue: hashQueue,
        limit: { name: 'register', points: 100, window: 3_600_000 },
        body: RegisterBody,
        answers: { 201: { description: 'The new user', data: User } },
        refuses: ['email_taken', 'username_taken', 'username_reserved', ...newPasswordErrors],
      },
      async ({ body, client, priority, identify }) => {
        identify({ accountRef: accountRef(body.email) });
        const user = await register(body, client, priority);
        identify({ userId: user.id });
        return { status: 201, data: presentUser(user) };
      },
    ),
  ];
}
