import type { Values } from '../values/schema.ts';
import { networkWarnings } from './check-network-policy.ts';
import { choicesOf } from './choices.ts';
import { connectionsWithDraining } from './connections.ts';
import { podExceptions } from './pod-exceptions.ts';
import { vaultWarnings } from './vault-injector.ts';

function* reasons(values: Values): Iterable<string> {
  const { database, gate, secrets } = values;
  for (const { effect, rules, value } of choicesOf(values)) {
    const skipped = rules.length > 0 ? ` (the gate skips ${rules.join(', ')})` : '';
    yield `${value}: ${effect}${skipped}`;
  }
  if (gate.allow.length > 0) yield `gate.allow: the gate skips ${gate.allow.join(', ')}`;
  const { connections, draining, running } = connectionsWithDraining(values);
  if (connections > database.maxConnections)
    yield `database.maxConnections is ${database.maxConnections}: a rollout at the largest number of pods may need ${connections}, while ${running} pods run and ${draining} drain, and Postgres then refuses some of them`;
  if (!secrets.ownerName)
    yield 'secrets.ownerName is null: the service logs in to Postgres as the owner of the tables and could change its own audit log (docs/operations.md, "Database roles")';
  if (values.service.trafficDistribution === 'PreferClose')
    yield 'service.trafficDistribution is PreferClose, which Kubernetes has deprecated: PreferSameZone means the same since Kubernetes 1.34';
  if (values.logFormat === 'gcp' && values.cloud !== 'gke')
    yield 'logFormat is gcp, the fields of Google Cloud Logging: json is the form that other collectors and the dashboard for CloudWatch read';
  const { dashboards, rules } = values.monitoring;
  if (dashboards.enabled && !rules.enabled)
    yield 'monitoring.rules.enabled is false: panels of the dashboards are empty, unless your Prometheus has the rules of docs/dashboards/prometheus-rules.yaml';
  yield* networkWarnings(values);
  yield* vaultWarnings(values);
  for (const { effect, path } of podExceptions(values)) if (effect) yield `${path}: ${effect}`;
}

/** What works and weakens the installation, one line each, with the path of the value. */
export const warningsOf = (values: Values): string[] =>
  [...reasons(values)].map((reason) => `warning: ${values.cloud}: ${reason}`);
