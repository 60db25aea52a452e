import { type Caller, type LockedCaller, lockCaller } from './caller.ts';
import type { Database } from './postgres/database.ts';
import { createAuditStore } from './tables/audit-log.ts';
import { createBackupStore } from './tables/backups.ts';
import { createLoginHistoryStore } from './tables/login-histories.ts';
import { createMaintenanceStore } from './tables/maintenance.ts';
import { createPasswordResetStore } from './tables/password-resets.ts';
import { createRevokedSigningKeyStore } from './tables/revoked-signing-keys.ts';
import { createRoleStore } from './tables/roles.ts';
import { createServiceSecretStore } from './tables/service-secrets.ts';
import { createSessionStore } from './tables/sessions.ts';
import { createUserStore } from './tables/users.ts';

const createTableStores = (database: Database) => ({
  users: createUserStore(database),
  sessions: createSessionStore(database),
  roles: createRoleStore(database),
  passwordResets: createPasswordResetStore(database),
  loginHistories: createLoginHistoryStore(database),
  auditLog: createAuditStore(database),
  serviceSecrets: createServiceSecretStore(database),
  maintenance: createMaintenanceStore(database),
  revokedSigningKeys: createRevokedSigningKeyStore(database),
  backups: createBackupStore(database),
});

type Tables = ReturnType<typeof createTableStores>;

/** The methods that only read. Every other method is a change. */
export const reads = {
  users: [
    'findByEmail',
    'findByUsernameKey',
    'findById',
    'list',
    'listAdmins',
    'searchByEmail',
    'searchByUsername',
  ],
  sessions: ['find', 'findActive', 'listActive', 'listAll', 'countActive'],
  roles: ['list', 'countActiveAdmins'],
  passwordResets: ['find'],
  loginHistories: ['list', 'listForUser', 'findLastLogins'],
  auditLog: ['listForUser', 'search', 'findExcessRights'],
  serviceSecrets: [],
  maintenance: ['secondsSince', 'findByNames', 'findByPrefix'],
  revokedSigningKeys: ['list'],
  backups: ['lastSnapshot'],
} as const satisfies { readonly [Table in keyof Tables]: readonly (keyof Tables[Table])[] };

/** The data in Postgres for reading, one store for each table. */
export type Reads = {
  readonly [Table in keyof Tables]: Pick<Tables[Table], (typeof reads)[Table][number] & keyof Tables[Table]>;
};

/** All methods of all tables. Everything that is done through it is committed together or not at all. */
export type Transaction = Tables;

interface ChangeOptions {
  /**
   * Locks the role `admin` before the caller, for changes that remove administrators. They run one after the other, so
   * two administrators who remove each other do not wait for each other. @default false
   */
  readonly lockAdmin?: boolean;
}

/** What features get: they read everything, and change nothing but on behalf of a caller. */
export interface Store extends Reads {
  /**
   * The only way to a change for a logged-in user: `work` runs in a transaction that begins with lockCaller. It may run
   * several times, so side effects belong after the call.
   * @throws AppError unauthorized or forbidden when the caller may not do this any more; then nothing is committed
   */
  changeAs<T>(
    caller: Caller,
    work: (tx: Transaction, caller: LockedCaller) => Promise<T>,
    options?: ChangeOptions,
  ): Promise<T>;
}

/**
 * Changes without a logged-in user: registration, login, refresh, password reset, jobs and the command line. Nobody's
 * permission is checked, so test/store/system-store.test.ts lists the files that may use it.
 */
export interface SystemStore extends Transaction, Pick<Store, 'changeAs'> {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** A SystemStore is also a Store. Compose decides which feature gets it as which. */
export const createStore = (database: Database): SystemStore => ({
  ...createTableStores(database),
  transaction: (work) => database.transaction((tx) => work(createTableStores(tx))),
  changeAs: (caller, work, { lockAdmin = false } = {}) =>
    database.transaction(async (tx) => {
      const tables = createTableStores(tx);
      if (lockAdmin) await tables.roles.lockAdmin();
      return work(tables, await lockCaller(tx, caller));
    }),
});
