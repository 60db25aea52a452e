import { UsageError } from '../command-context.ts';
import type { CheckInfo } from './check.ts';

export interface Selection {
  /** Ids of the checks to run; the checks that they need are added. */
  readonly only?: readonly string[] | undefined;
  /** Ids of the checks to leave out. */
  readonly skip?: readonly string[] | undefined;
}

function addNeeds(ids: readonly string[], checks: ReadonlyMap<string, CheckInfo>): Set<string> {
  const wanted = new Set<string>();
  const add = (id: string): void => {
    if (wanted.has(id)) return;
    wanted.add(id);
    for (const need of checks.get(id)?.needs ?? []) add(need);
  };
  ids.forEach(add);
  return wanted;
}

/**
 * The selected checks, in the order of the table.
 * @throws UsageError for an id that no check has
 */
export function selectChecks<T extends CheckInfo>(checks: readonly T[], { only, skip }: Selection): T[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const unknown = [...(only ?? []), ...(skip ?? [])].filter((id) => !byId.has(id));
  if (unknown.length > 0)
    throw new UsageError(`No check is called ${unknown.join(', ')}; --list shows all checks`);
  const wanted = only ? addNeeds(only, byId) : null;
  const left = new Set(skip);
  return checks.filter(({ id }) => (wanted?.has(id) ?? true) && !left.has(id));
}
