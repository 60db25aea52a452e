import type { Values } from '../values/schema.ts';
import { networkWarnings } from './check-network-policy.ts';

function* secretWarnings({ secrets }: Values): Iterable<string> {
  if (!secrets.ownerName)
    yield 'secrets.ownerName is null: the service logs in to Postgres as the owner of the tables and could change its own audit log (docs/operations.md, "Database roles")';
}

/** What works and weakens the installation, one line each, with the path of the value. */
export function warningsOf(values: Values): string[] {
  const all = [...secretWarnings(values), ...networkWarnings(values)];
  return all.map((line) => `warning: ${values.cloud}: ${line}`);
}
