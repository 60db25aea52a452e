import type { Values } from '../values/schema.ts';
import { networkWarnings } from './check-network-policy.ts';
import { podExceptions } from './pod-exceptions.ts';

const ofOwner =
  'secrets.ownerName is null: the service logs in to Postgres as the owner of the tables and could change its own audit log (docs/operations.md, "Database roles")';

const ofTraffic =
  'service.trafficDistribution is PreferClose, which Kubernetes has deprecated: PreferSameZone means the same since Kubernetes 1.34';

/** What works and weakens the installation, one line each, with the path of the value. */
export function warningsOf(values: Values): string[] {
  const { cloud, secrets, service } = values;
  const ofPods = podExceptions(values).flatMap(({ effect, path }) => (effect ? [`${path}: ${effect}`] : []));
  return [
    ...(secrets.ownerName ? [] : [ofOwner]),
    ...(service.trafficDistribution === 'PreferClose' ? [ofTraffic] : []),
    ...ofPods,
    ...networkWarnings(values),
  ].map((warning) => `warning: ${cloud}: ${warning}`);
}
