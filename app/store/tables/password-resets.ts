import { type Database, queryOne, queryOneOrNull } from '../postgres/database.ts';

/** One-time tokens to set a new password, by their hash. A user has at most one. */
export function createPasswordResetStore(database: Database) {
  return {
    /** Replaces an earlier token. @returns when the new one expires */
    async put(reset: { userId: string; tokenHash: Buffer; ttlMs: number; createdBy: string | null }) {
      const values = [reset.userId, reset.tokenHash, reset.ttlMs, reset.createdBy];
      return (await queryOne<{ expiresAt: Date }>(database, 'password_resets/put', values)).expiresAt;
    },

    /** `createdBy` is the administrator who issued the token. */
    find: (tokenHash: Buffer) =>
      queryOneOrNull<{ userId: string; createdBy: string | null }>(database, 'password_resets/find', [
        tokenHash,
      ]),

    /** Of several simultaneous calls with a token, one gets the user's id, the others null. */
    async consume(tokenHash: Buffer): Promise<string | null> {
      const row = await queryOneOrNull<{ userId: string }>(database, 'password_resets/consume', [tokenHash]);
      return row?.userId ?? null;
    },

    /** Makes the tokens of all users void. @returns their number */
    deleteAll: async (): Promise<number> =>
      (await queryOne<{ deleted: number }>(database, 'password_resets/delete_all')).deleted,

    /** @returns their number */
    deleteExpired: async (): Promise<number> =>
      (await queryOne<{ deleted: number }>(database, 'password_resets/delete_expired')).deleted,
  };
}
