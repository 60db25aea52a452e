import type { Values } from '../values/schema.ts';
import { networkWarnings } from './check-network-policy.ts';
import { podExceptions } from './pod-exceptions.ts';

function* reasons(values: Values): Iterable<string> {
  if (!values.secrets.ownerName)
    yield 'secrets.ownerName is null: the service logs in to Postgres as the owner of the tables and could change its own audit log (docs/operations.md, "Database roles")';
  if (values.service.trafficDistribution === 'PreferClose')
    yield 'service.trafficDistribution is PreferClose, which Kubernetes has deprecated: PreferSameZone means the same since Kubernetes 1.34';
  yield* networkWarnings(values);
  for (const { effect, path } of podExceptions(values)) if (effect) yield `${path}: ${effect}`;
}

/** What works and weakens the installation, one line each, with the path of the value. */
export const warningsOf = (values: Values): string[] =>
  [...reasons(values)].map((reason) => `warning: ${values.cloud}: ${reason}`);
