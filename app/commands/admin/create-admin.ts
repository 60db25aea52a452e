import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { AppError } from '../../errors.ts';
import { commandLine, onUser, writeAudit } from '../../features/audit/audit-log.ts';
import { createBreachCheck } from '../../features/passwords/breach-check.ts';
import { createPasswordHasher } from '../../features/passwords/password-hasher.ts';
import { createPasswordPolicy } from '../../features/passwords/password-policy.ts';
import { Email, Username } from '../../features/users/user.ts';
import { validate } from '../../http/route/validate.ts';
import type { Logger } from '../../observe/log.ts';
import { createMetrics } from '../../observe/metrics.ts';
import { noTracing } from '../../observe/tracing.ts';
import { withStore } from '../../open-stores.ts';
import type { SystemStore } from '../../store/store.ts';
import { adminRole } from '../../store/tables/roles.ts';

interface Input {
  readonly email: string;
  readonly username: string;
  /** Called only if there is an account to create. */
  readonly password: () => Promise<string>;
  /** Whether an administrator with this email and username is no error. */
  readonly ifMissing: boolean;
}

/** The result of `admin create`. */
interface Created {
  readonly id: string;
  /** False if the administrator was there already. */
  readonly isCreated: boolean;
}

async function checkAndHash(
  { config, log }: { config: Config; log: Logger },
  password: string,
  identity: { email: string; username: string },
): Promise<string> {
  const metrics = createMetrics('cli');
  const isBreached = createBreachCheck({ url: config.passwords.breachUrl, log, metrics });
  const checkPassword = await createPasswordPolicy({ issuer: config.jwt.issuer, isBreached });
  await checkPassword(password, identity);
  const hasher = await createPasswordHasher(config, metrics, noTracing);
  return hasher.hash(password);
}

/**
 * The administrator with this email. Another account with it is refused: the person who registered it before the operator
 * must not become an administrator by that.
 * @throws AppError email_taken
 */
async function findAdmin({ users }: SystemStore, identity: { email: string; username: string }) {
  const found = await users.findByEmail(identity.email);
  if (found && (!found.roles.includes(adminRole) || found.username !== identity.username))
    throw new AppError('email_taken', {
      detail: 'an account with this email exists, which is no administrator or has another username',
    });
  return found;
}

/** @throws AppError email_taken, username_taken or a password policy code */
export async function createAdmin(config: Config, log: Logger, input: Input): Promise<Created> {
  const email = validate(Email, input.email);
  const username = validate(Username, input.username);
  return withStore(config, log, async (store) => {
    const existing = input.ifMissing ? await findAdmin(store, { email, username }) : null;
    if (existing) return { id: existing.id, isCreated: false };
    const passwordHash = await checkAndHash({ config, log }, await input.password(), { email, username });
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
    return { id, isCreated: true };
  });
}
