import { AppError } from '../../errors.ts';
import { type Database, queryOneOrNull, queryPage } from '../postgres/database.ts';
import { translateConflict } from '../postgres/errors.ts';
import type { QueryName } from '../postgres/queries.ts';
import { skeletonOf, skeletonVersion } from '../usernames/skeleton.ts';
import { usernameKey } from '../usernames/username-key.ts';

/** A user as the API shows it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  /** Sorted. */
  readonly roles: readonly string[];
  readonly createdAt: Date;
}

/** A user with its password hash and status, for the service only. */
export interface Account extends User {
  readonly passwordHash: string;
  readonly disabledAt: Date | null;
  readonly passwordChangedAt: Date;
  /** Device tokens of an older epoch are invalid. */
  readonly deviceEpoch: number;
  readonly updatedAt: Date;
  /** Increases with every change that active sessions must notice. */
  readonly version: number;
}

/** The email is in lower case. */
export type NewUser = Pick<Account, 'id' | 'email' | 'username' | 'passwordHash'>;

export type CreatedPosition = Pick<User, 'createdAt' | 'id'>;
export const createdPosition = ({ createdAt, id }: CreatedPosition): CreatedPosition => ({ createdAt, id });

/** @throws AppError user_not_found */
async function getRow<Row extends object>(
  database: Database,
  name: QueryName,
  ...values: readonly unknown[]
): Promise<Row> {
  const row = await queryOneOrNull<Row>(database, name, values);
  if (!row) throw new AppError('user_not_found');
  return row;
}

async function updateVersion(database: Database, name: QueryName, ...values: readonly unknown[]) {
  return (await getRow<{ version: number }>(database, name, ...values)).version;
}

interface Search {
  readonly prefix: string;
  readonly limit: number;
  /** The position of the last account of the previous page. */
  readonly after?: string;
}

/** The columns that a username is compared by. The release before this one writes none of them. */
const comparisonOf = (username: string) => [usernameKey(username), skeletonOf(username), skeletonVersion];

const createReads = (database: Database) => ({
  /** `email` in lower case. Disabled accounts are found too. */
  findByEmail: (email: string) => queryOneOrNull<Account>(database, 'users/find_by_email', [email]),

  /** `key` as usernameKey makes it. */
  findByUsernameKey: (key: string) => queryOneOrNull<Account>(database, 'users/find_by_username_key', [key]),

  findById: (id: string) => queryOneOrNull<Account>(database, 'users/find_by_id', [id]),

  /** Locks the row until the transaction ends. */
  findByIdForUpdate: (id: string) => queryOneOrNull<Account>(database, 'users/find_by_id_for_update', [id]),

  /** Newest first. */
  list({ limit, after }: { limit: number; after?: CreatedPosition }) {
    const params = [after?.createdAt ?? null, after?.id ?? null];
    const page = { limit, params, position: createdPosition };
    return queryPage<Account, CreatedPosition>(database, 'users/list', page);
  },

  /** Accounts with the role `admin`, also disabled ones, newest first. */
  listAdmins({ limit, after }: { limit: number; after?: CreatedPosition }) {
    const params = [after?.createdAt ?? null, after?.id ?? null];
    const page = { limit, params, position: createdPosition };
    return queryPage<Account, CreatedPosition>(database, 'users/list_admins', page);
  },

  /** By the beginning of the email. */
  searchByEmail({ prefix, limit, after }: Search) {
    const params = [prefix.toLowerCase(), after ?? null];
    const position = ({ email }: Account): string => email;
    return queryPage(database, 'users/search_by_email', { limit, params, position });
  },

  /** By the beginning of the username, without regard to case. */
  searchByUsername({ prefix, limit, after }: Search) {
    const params = [usernameKey(prefix), after ?? null];
    const position = (account: Account & { usernameKey: string }): string => account.usernameKey;
    return queryPage(database, 'users/search_by_username', { limit, params, position });
  },
});

const createChanges = (database: Database) => ({
  /** Adds a user with the role `user`. @throws AppError email_taken, or username_taken also for one that looks alike */
  async insert({ id, email, username, passwordHash }: NewUser): Promise<User> {
    const values = [id, email, username, passwordHash, ...comparisonOf(username)];
    const inserted = queryOneOrNull<{ createdAt: Date }>(database, 'users/insert', values);
    const row = await translateConflict(inserted);
    if (!row) throw new AppError('username_taken');
    return { id, email, username, roles: ['user'], createdAt: row.createdAt };
  },

  /** Also invalidates all device tokens and an unused reset token. @throws AppError user_not_found */
  setPassword: (id: string, hash: string): Promise<Pick<Account, 'version' | 'deviceEpoch'>> =>
    getRow(database, 'users/set_password', id, hash),

  /** Invalidates all device tokens. */
  async forgetDevices(id: string): Promise<void> {
    await database.query('users/forget_devices', [id]);
  },

  /** Stores a hash with newer parameters unless the password changed meanwhile. The version stays the same. */
  async replaceHash(id: string, oldHash: string, newHash: string): Promise<void> {
    await database.query('users/replace_hash', [id, oldHash, newHash]);
  },

  /** A new email makes an unused reset token void. @throws AppError email_taken, username_taken or user_not_found */
  async updateIdentity(id: string, fields: { email?: string; username?: string }): Promise<Account> {
    const { email = null, username = null } = fields;
    const values = [
      id,
      email,
      username,
      ...(username === null ? [null, null, null] : comparisonOf(username)),
    ];
    const changed = getRow<{ version: number | null }>(database, 'users/update_identity', ...values);
    const { version } = await translateConflict(changed);
    if (version === null) throw new AppError('username_taken');
    return getRow<Account>(database, 'users/find_by_id', id);
  },

  /** Idempotent. @returns the new version. @throws AppError user_not_found */
  setDisabled: (id: string, disabled: boolean): Promise<number> =>
    updateVersion(database, 'users/set_disabled', id, disabled),

  /**
   * Erases the password hash. Email and username become available again.
   * @returns the new version. @throws AppError user_not_found
   */
  softDelete: (id: string): Promise<number> => updateVersion(database, 'users/soft_delete', id),

  /** @returns the new version. @throws AppError user_not_found */
  bumpVersion: (id: string): Promise<number> => updateVersion(database, 'users/bump_version', id),
});

const createRenewal = (database: Database) => ({
  /**
   * Computes the skeletons of accounts that have them of an older version. It keeps every name.
   * @returns how many accounts it has read, at most `limit`
   * @throws AppError username_taken when a new account got one of the skeletons meanwhile; nothing is changed
   */
  async renewSkeletons(limit: number): Promise<number> {
    const values = [limit, skeletonVersion];
    const rows = await database.query<{ id: string; username: string }>('users/list_old_skeletons', values);
    const renewed = rows.map(({ id, username }) => {
      const [username_key, username_skeleton] = comparisonOf(username);
      return { id, username, username_key, username_skeleton };
    });
    await translateConflict(
      database.query('users/renew_skeletons', [JSON.stringify(renewed), skeletonVersion]),
    );
    return rows.length;
  },
});

/** Accounts that are not deleted. A change that active sessions must notice increases the version. */
export const createUserStore = (database: Database) => ({
  ...createReads(database),
  ...createChanges(database),
  ...createRenewal(database),
});
