import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { AppError } from '../../errors.ts';
import { commandLine, onUser, writeAudit } from '../../features/audit/audit-log.ts';
import { createBreachCheck } from '../../features/passwords/breach-check.ts';
import { createPasswordHasher } from '../../features/passwords/password-hasher.ts';
import { createPasswordPolicy } from '../../features/passwords/password-policy.ts';
import { canonicalEmail } from '../../features/users/email-address.ts';
import { Email, Username } from '../../features/users/user.ts';
import { validate } from '../../http/route/validate.ts';
import type { Logger } from '../../observe/log.ts';
import { createMetrics } from '../../observe/metrics.ts';
import { noTracing } from '../../observe/tracing.ts';
import { withStore } from '../../open-stores.ts';
import { adminRole } from '../../store/tables/roles.ts';

/** @throws AppError email_taken, username_taken or a password policy code */
export function createAdmin(
  config: Config,
  log: Logger,
  input: { email: string; username: string; password: string },
): Promise<string> {
  return withStore(config, log, async (store) => {
    const email = validate(Email, input.email);
    const username = validate(Username, input.username);
    const metrics = createMetrics('cli');
    const isBreached = createBreachCheck({ url: config.passwords.breachUrl, log, metrics });
    const checkPassword = await createPasswordPolicy({ issuer: config.jwt.issuer, isBreached });
    await checkPassword(input.password, { email, username });
    const hasher = await createPasswordHasher(config, metrics, noTracing);
    const passwordHash = await hasher.hash(input.password);
    const id = randomUUID();
    await store.transaction(async (tx) => {
      const { roles } = await tx.users.insert({ id, email, username, passwordHash });
      await tx.roles.grant(id, adminRole);
      await writeAudit(tx, commandLine, {
        action: 'user.create',
        ...onUser(id),
        new: { email, username, roles: [...roles, adminRole].sort() },
      });
    });
    return id;
  });
}

/** @throws AppError user_not_found */
export function grantAdmin(config: Config, log: Logger, email: string): Promise<string> {
  return withStore(config, log, async (store) => {
    const found = await store.users.findByEmail(canonicalEmail(email));
    if (!found) throw new AppError('user_not_found');
    const { id } = found;
    await store.transaction(async (tx) => {
      // Before the user, as changes by administrators do: in the other order both could deadlock.
      await tx.roles.lockAdmin();
      const before = await tx.users.findByIdForUpdate(id);
      if (!before) throw new AppError('user_not_found');
      await tx.roles.grant(id, adminRole);
      await tx.users.bumpVersion(id);
      await writeAudit(tx, commandLine, {
        action: 'user.roles',
        ...onUser(id),
        old: { roles: before.roles },
        new: { roles: [...new Set([...before.roles, adminRole])].sort() },
      });
    });
    return id;
  });
}
