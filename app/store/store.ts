import type { Database } from './postgres/database.ts';
import { createAuditStore } from './tables/audit-log.ts';
import { createLoginHistoryStore } from './tables/login-histories.ts';
import { createMaintenanceStore } from './tables/maintenance.ts';
import { createPasswordResetStore } from './tables/password-resets.ts';
import { createRoleStore } from './tables/roles.ts';
import { createServiceSecretStore } from './tables/service-secrets.ts';
import { createSessionStore } from './tables/sessions.ts';
import { createUserStore } from './tables/users.ts';

export interface Store {
  readonly users: ReturnType<typeof createUserStore>;
  readonly sessions: ReturnType<typeof createSessionStore>;
  readonly roles: ReturnType<typeof createRoleStore>;
  readonly passwordResets: ReturnType<typeof createPasswordResetStore>;
  readonly loginHistories: ReturnType<typeof createLoginHistoryStore>;
  readonly auditLog: ReturnType<typeof createAuditStore>;
  readonly serviceSecrets: ReturnType<typeof createServiceSecretStore>;
  readonly maintenance: ReturnType<typeof createMaintenanceStore>;
  /** Everything that `work` does through its store is committed together or not at all. */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;
}

/** The data in Postgres, one store for each table. */
export function createStore(database: Database): Store {
  return {
    users: createUserStore(database),
    sessions: createSessionStore(database),
    roles: createRoleStore(database),
    passwordResets: createPasswordResetStore(database),
    loginHistories: createLoginHistoryStore(database),
    auditLog: createAuditStore(database),
    serviceSecrets: createServiceSecretStore(database),
    maintenance: createMaintenanceStore(database),
    transaction: (work) => database.transaction((tx) => work(createStore(tx))),
  };
}
