import { AppError } from '../../errors.ts';
import { type Database, queryOne, queryOneOrNull } from '../postgres/database.ts';
import { translateConflict } from '../postgres/errors.ts';
import { createUserStore } from './users.ts';

export interface Role {
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly builtIn: boolean;
}

/** The built-in role of administrators (migrations/0001_init.sql). */
export const adminRole = 'admin';

type RoleDeletion = 'deleted' | 'missing' | 'built_in' | 'in_use';

const lock = (tx: Database, name: string) =>
  queryOneOrNull<{ id: number }>(tx, 'roles/find_for_update', [name]);

/** The ids as JSON. @throws AppError role_not_found */
async function findIds(tx: Database, names: readonly string[]): Promise<string> {
  const unique = [...new Set(names)];
  const rows = await tx.query<{ id: number }>('roles/find_by_names', [JSON.stringify(unique)]);
  if (rows.length !== unique.length) throw new AppError('role_not_found');
  return JSON.stringify(rows.map((row) => row.id));
}

/** @returns the ids of the roles as JSON and the user's new version */
async function grantRoles(tx: Database, userId: string, names: readonly string[]) {
  const ids = await findIds(tx, names);
  const version = await createUserStore(tx).bumpVersion(userId);
  await tx.query('roles/grant', [userId, ids]);
  return { ids, version };
}

/**
 * Locks before the check of its use: a grant that is running has locked the row, and a check before its end would miss
 * it. Does not lock a built-in role, which never changes: changes of administrators lock the role `admin` before the
 * caller, and the caller is already locked here, so the two would deadlock.
 */
async function deleteRole(tx: Database, name: string): Promise<RoleDeletion> {
  const found = await queryOneOrNull<{ builtIn: boolean }>(tx, 'roles/find', [name]);
  if (found?.builtIn) return 'built_in';
  const role = await lock(tx, name);
  if (!role) return 'missing';
  if ((await queryOne<{ inUse: boolean }>(tx, 'roles/is_in_use', [role.id])).inUse) return 'in_use';
  await tx.query('roles/delete', [role.id]);
  return 'deleted';
}

/** Roles and their users. Arrays are sent as JSON text, which works with every driver setting and with PGlite. */
export function createRoleStore(database: Database) {
  return {
    list: (): Promise<Role[]> => database.query<Role>('roles/list'),

    /** @throws AppError role_exists */
    insert: (role: { name: string; description: string }): Promise<Role> =>
      translateConflict(queryOne<Role>(database, 'roles/insert', [role.name, role.description])),

    delete: (name: string): Promise<RoleDeletion> => database.transaction((tx) => deleteRole(tx, name)),

    /** Makes other transactions wait here until this one ends. Count the administrators after the call, not before. */
    async lockAdmin(): Promise<void> {
      await lock(database, adminRole);
    },

    /** Administrators that are neither deleted nor disabled. */
    countActiveAdmins: async (): Promise<number> =>
      (await queryOne<{ admins: number }>(database, 'roles/count_active_admins')).admins,

    /** @returns the user's new version. @throws AppError role_not_found or user_not_found */
    replaceForUser: (userId: string, names: readonly string[]): Promise<number> =>
      database.transaction(async (tx) => {
        const { ids, version } = await grantRoles(tx, userId, names);
        await tx.query('roles/revoke_others', [userId, ids]);
        return version;
      }),

    /** Idempotent. @returns the user's new version. @throws AppError role_not_found or user_not_found */
    grant: (userId: string, name: string): Promise<number> =>
      database.transaction(async (tx) => (await grantRoles(tx, userId, [name])).version),
  };
}
