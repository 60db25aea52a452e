import type { Values } from '../values/schema.ts';

/** What works and weakens the installation, one line each, with the path of the value. */
export function warningsOf({ cloud, secrets }: Values): string[] {
  if (secrets.ownerName) return [];
  const effect =
    'the service logs in to Postgres as the owner of the tables and could change its own audit log';
  return [`warning: ${cloud}: secrets.ownerName is null: ${effect} (docs/operations.md, "Database roles")`];
}
