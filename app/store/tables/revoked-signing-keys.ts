import { type Database, queryOneOrNull } from '../postgres/database.ts';

export interface RevokedKey {
  readonly kid: string;
  readonly revokedAt: Date;
}

/** Signing keys whose tokens no replica accepts. */
export function createRevokedSigningKeyStore(database: Database) {
  return {
    /** Oldest first. A service revokes a few keys in its life, so the list is short. */
    list: (): Promise<RevokedKey[]> => database.query('revoked_signing_keys/list'),

    /** @returns false if the key was revoked already */
    insert: async (kid: string): Promise<boolean> =>
      (await queryOneOrNull(database, 'revoked_signing_keys/insert', [kid])) !== null,

    /** @returns false if the key was not revoked */
    delete: async (kid: string): Promise<boolean> =>
      (await queryOneOrNull(database, 'revoked_signing_keys/delete', [kid])) !== null,
  };
}
