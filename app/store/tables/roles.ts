import { AppError } from '../../errors.ts';
import { type Database, queryOne, queryOneOrNull } from '../postgres/database.ts';
import { violatedConstraint } from '../postgres/errors.ts';

export interface Role {
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly builtIn: boolean;
}

/** The built-in role of administrators (migrations/0001_init.sql). */
export const adminRole = 'admin';

export type RoleDeletion = 'deleted' | 'missing' | 'built_in' | 'in_use';

/** Roles and who has them. Arrays travel as JSON text, which every driver setting and PGlite understand alike. */
export function createRoleStore(database: Database) {
  const lock = (within: Database, name: string) =>
    queryOneOrNull<{ id: number; builtIn: boolean }>(within, 'roles/find_for_update', [name]);

  async function findIds(within: Database, names: readonly string[]): Promise<string> {
    const unique = [...new Set(names)];
    const rows = await within.query<{ id: number }>('roles/find_by_names', [JSON.stringify(unique)]);
    if (rows.length !== unique.length) throw new AppError('role_not_found');
    return JSON.stringify(rows.map((row) => row.id));
  }

  return {
    list: (): Promise<Role[]> => database.query<Role>('roles/list'),

    /** @throws AppError role_exists */
    async insert(role: { name: string; description: string }): Promise<Role> {
      try {
        return await queryOne<Role>(database, 'roles/insert', [role.name, role.description]);
      } catch (error) {
        if (violatedConstraint(error) !== 'roles_name_key') throw error;
        throw new AppError('role_exists', { cause: error });
      }
    },

    /** The lock comes first: a grant under way holds the row, and would be missed by a check made before it ends. */
    delete: (name: string): Promise<RoleDeletion> =>
      database.transaction(async (tx) => {
        const role = await lock(tx, name);
        if (!role) return 'missing';
        if (role.builtIn) return 'built_in';
        if ((await queryOne<{ inUse: boolean }>(tx, 'roles/is_in_use', [role.id])).inUse) return 'in_use';
        await tx.query('roles/delete', [role.id]);
        return 'deleted';
      }),

    /** Until the transaction ends no other can pass here: count the admins after it, not before. */
    async lockAdmin(): Promise<void> {
      await lock(database, 'admin');
    },

    /** Neither deleted nor disabled. */
    countActiveAdmins: async (): Promise<number> =>
      (await queryOne<{ admins: number }>(database, 'roles/count_active_admins')).admins,

    /** @returns the user's new version. @throws AppError role_not_found or user_not_found */
    replaceForUser: (userId: string, names: readonly string[]): Promise<number> =>
      database.transaction(async (tx) => {
        const ids = await findIds(tx, names);
        const user = await queryOneOrNull<{ version: number }>(tx, 'users/bump_version', [userId]);
        if (!user) throw new AppError('user_not_found');
        await tx.query('roles/revoke_others', [userId, ids]);
        await tx.query('roles/grant', [userId, ids]);
        return user.version;
      }),

    /** Idempotent. @returns the user's new version. @throws AppError role_not_found or user_not_found */
    grant: (userId: string, name: string): Promise<number> =>
      database.transaction(async (tx) => {
        const ids = await findIds(tx, [name]);
        const user = await queryOneOrNull<{ version: number }>(tx, 'users/bump_version', [userId]);
        if (!user) throw new AppError('user_not_found');
        await tx.query('roles/grant', [userId, ids]);
        return user.version;
      }),
  };
}
