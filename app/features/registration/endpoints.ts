import { z } from 'zod';
import { endpoint, type WorkQueue } from '../../http/route/endpoint.ts';
import { NewPassword, newPasswordErrors } from '../passwords/fields.ts';
import { Email, presentUser, User, Username } from '../users/user.ts';
import type { Register } from './register.ts';

const RegisterBody = z.strictObject({ email: Email, password: NewPassword, username: Username });

export function registrationEndpoints({ register, hashQueue }: { register: Register; hashQueue: WorkQueue }) {
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
      async ({ body, priority }) => ({ status: 201, data: presentUser(await register(body, priority)) }),
    ),
  ];
}
