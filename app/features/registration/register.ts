import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Priority } from '../../http/route/network-standing.ts';
import { whereOf } from '../../observe/events/subject-fields.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SystemStore } from '../../store/store.ts';
import type { NewUser, User } from '../../store/tables/users.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { CheckPassword } from '../passwords/password-policy.ts';
import { checkUsername } from '../users/reserved-usernames.ts';

export type Register = ReturnType<typeof createRegister>;

type Registration = Pick<NewUser, 'email' | 'username'> & { readonly password: string };

export function createRegister(services: {
  store: SystemStore;
  hasher: PasswordHasher;
  checkPassword: CheckPassword;
  metrics: Metrics;
}) {
  const { store, hasher, checkPassword, metrics } = services;

  /**
   * Hashes the password before the insert, so that a taken email costs as much time as a free one, and outside of any
   * transaction, so that hashing occupies no connection. The unique indexes decide races.
   * @throws AppError email_taken, username_taken, username_reserved, a password policy code, or overloaded
   */
  return async function register(
    registration: Registration,
    client: Client,
    priority: Priority,
  ): Promise<User> {
    try {
      checkUsername(registration.username);
      await checkPassword(registration.password, registration, { where: whereOf(client) });
      const passwordHash = await hasher.hash(registration.password, priority);
      const { email, username } = registration;
      const user = await store.users.insert({ id: randomUUID(), email, username, passwordHash });
      metrics.registrations.inc({ outcome: 'success' });
      return user;
    } catch (error) {
      metrics.registrations.inc({ outcome: error instanceof AppError ? error.code : 'internal_error' });
      throw error;
    }
  };
}
