import type { Database } from './postgres/database.ts';
import { createAuditStore } from './tables/audit-log.ts';
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
});

/** The data in Postgres, one store for each table. */
export interface Store extends ReturnType<typeof createTableStores> {
  /** Everything that `work` does through its store is committed together or not at all. */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;
}

export const createStore = (database: Database): Store => ({
  ...createTableStores(database),
  transaction: (work) => database.transaction((tx) => work(createStore(tx))),
});
