import { createAuditStore } from './audit-store.ts';
import type { Database } from './database.ts';
import { createLoginHistoryStore } from './login-history-store.ts';
import { createMaintenanceStore } from './maintenance-store.ts';
import { createPasswordResetStore } from './password-reset-store.ts';
import { createRoleStore } from './role-store.ts';
import { createServiceSecretStore } from './service-secret-store.ts';
import { createSessionStore } from './session-store.ts';
import { createUserStore } from './user-store.ts';

export interface Store {
  readonly users: ReturnType<typeof createUserStore>;
  readonly sessions: ReturnType<typeof createSessionStore>;
  readonly roles: ReturnType<typeof createRoleStore>;
  readonly passwordResets: ReturnType<typeof createPasswordResetStore>;
  readonly loginHistories: ReturnType<typeof createLoginHistoryStore>;
  readonly auditLog: ReturnType<typeof createAuditStore>;
  readonly serviceSecrets: ReturnType<typeof createServiceSecretStore>;
  readonly maintenance: ReturnType<typeof createMaintenanceStore>;
  /** All that `work` does through the store it is given happens together or not at all. */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;
}

/** Everything kept in Postgres, one store a table. */
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
