import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Store } from '../../store/store.ts';

type ExcessRights = Awaited<ReturnType<Store['auditLog']['findExcessRights']>>;

/** Why the service could change its own history. Empty if it could not. */
export const findReasons = (
  { isOwner, canChange, canCreate }: ExcessRights,
  knowsOwner: boolean,
): string[] => [
  ...(isOwner ? ['its role can act as the owner of the tables'] : []),
  ...(canChange && !isOwner ? ['its role has more privileges on the tables than to insert and read'] : []),
  ...(canCreate && !isOwner ? ['its role can create objects in the schema public'] : []),
  ...(knowsOwner ? ['DB_MIGRATION_URL is set, which only migrate needs'] : []),
];

/**
 * Looks once, at the start, whether the role of the service in Postgres could change or delete history, and says so in
 * one line. The service starts nevertheless: an installation may have one role for everything (ASVS 16.4.2).
 * @param options.knowsOwner whether the process got the URL of the owner, which only migrate needs
 */
export async function reportHistoryProtection(options: {
  store: Pick<Store, 'auditLog'>;
  log: Logger;
  metrics: Pick<Metrics, 'historyProtected'>;
  knowsOwner: boolean;
}): Promise<void> {
  const { store, log, metrics, knowsOwner } = options;
  const reasons = findReasons(await store.auditLog.findExcessRights(), knowsOwner);
  metrics.historyProtected.set(reasons.length === 0 ? 1 : 0);
  if (reasons.length === 0) return;
  const line = { event: 'history_unprotected', reasons } as const;
  log.warn(line, `the service could change its own audit log: ${reasons.join('; ')} (docs/operations.md)`);
}
