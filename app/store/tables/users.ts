import { AppError, type ErrorCode } from '../../errors.ts';
import { type Database, type Page, queryOne, queryOneOrNull, toPage } from '../postgres/database.ts';
import { violatedConstraint } from '../postgres/errors.ts';
import type { QueryName } from '../postgres/queries.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  /** Sorted. */
  readonly roles: readonly string[];
  readonly createdAt: Date;
}

export interface Account extends User {
  readonly passwordHash: string;
  readonly disabledAt: Date | null;
  readonly passwordChangedAt: Date;
  /** Device tokens of an older epoch are void. */
  readonly deviceEpoch: number;
  readonly updatedAt: Date;
  /** Grows with every change that sessions must notice. */
  readonly version: number;
}

export interface NewUser {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly username: string;
  readonly passwordHash: string;
}

export interface CreatedPosition {
  readonly createdAt: Date;
  readonly id: string;
}

const takenBy: Record<string, ErrorCode> = {
  users_email_key: 'email_taken',
  users_username_key: 'username_taken',
};

async function refusingTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = takenBy[violatedConstraint(error) ?? ''];
    throw code ? new AppError(code, { cause: error }) : error;
  }
}

/** Accounts that are not deleted; every change returns or implies a new version. */
export function createUserStore(database: Database) {
  async function changed<T extends object>(
    name: QueryName,
    id: string,
    ...values: readonly unknown[]
  ): Promise<T> {
    const row = await queryOneOrNull<T>(database, name, [id, ...values]);
    if (!row) throw new AppError('user_not_found');
    return row;
  }

  async function change(name: QueryName, id: string, ...values: readonly unknown[]): Promise<number> {
    return (await changed<{ version: number }>(name, id, ...values)).version;
  }

  const findById = (id: string): Promise<Account | null> =>
    queryOneOrNull<Account>(database, 'users/find_by_id', [id]);

  return {
    /** Adds a user with the role `user`. @throws AppError email_taken or username_taken */
    async insert(user: NewUser): Promise<User> {
      const values = [user.id, user.email, user.username, user.passwordHash];
      const inserted = queryOne<{ createdAt: Date }>(database, 'users/insert', values);
      const { createdAt } = await refusingTaken(inserted);
      return { id: user.id, email: user.email, username: user.username, roles: ['user'], createdAt };
    },

    /** `email` in lower case. Disabled accounts are found too. */
    findByEmail: (email: string): Promise<Account | null> =>
      queryOneOrNull<Account>(database, 'users/find_by_email', [email]),

    findById,

    /** Locks the row until the transaction ends. */
    findByIdForUpdate: (id: string): Promise<Account | null> =>
      queryOneOrNull<Account>(database, 'users/find_by_id_for_update', [id]),

    /** Voids all device tokens and a reset token that is still out. @throws AppError user_not_found */
    setPassword: (id: string, hash: string): Promise<Pick<Account, 'version' | 'deviceEpoch'>> =>
      changed('users/set_password', id, hash),

    /** Voids all device tokens. */
    async forgetDevices(id: string): Promise<void> {
      await database.query('users/forget_devices', [id]);
    },

    /** Takes a hash with newer parameters, unless the password was changed meanwhile. The version stays. */
    async replaceHash(id: string, oldHash: string, newHash: string): Promise<void> {
      await database.query('users/replace_hash', [id, oldHash, newHash]);
    },

    /** @throws AppError email_taken, username_taken or user_not_found */
    async updateIdentity(id: string, fields: { email?: string; username?: string }): Promise<Account> {
      await refusingTaken(change('users/update_identity', id, fields.email ?? null, fields.username ?? null));
      const account = await findById(id);
      if (!account) throw new AppError('user_not_found');
      return account;
    },

    /** Idempotent. @returns the new version. @throws AppError user_not_found */
    setDisabled: (id: string, disabled: boolean): Promise<number> =>
      change('users/set_disabled', id, disabled),

    /** Frees email and username. @returns the new version. @throws AppError user_not_found */
    softDelete: (id: string): Promise<number> => change('users/soft_delete', id),

    /** @returns the new version. @throws AppError user_not_found */
    bumpVersion: (id: string): Promise<number> => change('users/bump_version', id),

    /** Newest first. */
    async list(query: { limit: number; after?: CreatedPosition }): Promise<Page<Account, CreatedPosition>> {
      const values = [query.limit + 1, query.after?.createdAt ?? null, query.after?.id ?? null];
      const rows = await database.query<Account>('users/list', values);
      return toPage(rows, query.limit, ({ createdAt, id }) => ({ createdAt, id }));
    },

    /** By the beginning of the email; `after` is the last email of the page before. */
    async searchByEmail(query: {
      prefix: string;
      limit: number;
      after?: string;
    }): Promise<Page<Account, string>> {
      const values = [query.limit + 1, query.prefix.toLowerCase(), query.after ?? null];
      const rows = await database.query<Account>('users/search_by_email', values);
      return toPage(rows, query.limit, (account) => account.email);
    },

    /** By the beginning of the username without regard to case; `after` is the last one in lower case. */
    async searchByUsername(query: {
      prefix: string;
      limit: number;
      after?: string;
    }): Promise<Page<Account, string>> {
      const values = [query.limit + 1, query.prefix.toLowerCase(), query.after ?? null];
      const rows = await database.query<Account>('users/search_by_username', values);
      return toPage(rows, query.limit, (account) => account.username.toLowerCase());
    },
  };
}
