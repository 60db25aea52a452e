import type { Store } from '../../store/store.ts';

export type Directory = ReturnType<typeof createDirectory>;

/** Read-only lists for administrators; they tolerate a replica's lag. */
export function createDirectory(options: { replica: Store }) {
  const { users, loginHistories } = options.replica;
  const afterIf = <T>(after: T | undefined) => (after === undefined ? {} : { after });
  return {
    list: (limit: number, after?: { createdAt: Date; id: string }) =>
      users.list({ limit, ...afterIf(after) }),

    searchByEmail: (prefix: string, limit: number, after?: string) =>
      users.searchByEmail({ prefix: prefix.toLowerCase(), limit, ...afterIf(after) }),

    searchByUsername: (prefix: string, limit: number, after?: string) =>
      users.searchByUsername({ prefix: prefix.toLowerCase(), limit, ...afterIf(after) }),

    loginHistories: (limit: number, after?: { occurredAt: Date; id: string }) =>
      loginHistories.list({ limit, ...afterIf(after) }),
  };
}
