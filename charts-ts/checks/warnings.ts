import type { Values } from '../values/schema.ts';
import { podExceptions } from './pod-exceptions.ts';

/** What works and weakens the installation, one line each, with the path of the value. */
export function warningsOf(values: Values): string[] {
  const { cloud, secrets } = values;
  const ofPods = podExceptions(values).flatMap(({ effect, path }) =>
    effect ? [`warning: ${cloud}: ${path}: ${effect}`] : [],
  );
  if (secrets.ownerName) return ofPods;
  const effect =
    'the service logs in to Postgres as the owner of the tables and could change its own audit log';
  return [
    `warning: ${cloud}: secrets.ownerName is null: ${effect} (docs/operations.md, "Database roles")`,
    ...ofPods,
  ];
}
