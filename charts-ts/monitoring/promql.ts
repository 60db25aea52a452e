import { namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

/**
 * Label matchers, without braces, of series about the namespace. Several installations may share one Prometheus. Each
 * one records and alerts under its own namespace and selects only series of that namespace.
 */
export function namespaceSelector({ namespace }: Values): string {
  return `namespace="${namespace.name}"`;
}

/** Label matchers, without braces, of the metrics that the service exposes. */
export function serviceSelector(values: Values): string {
  return `${namespaceSelector(values)},job="${namesOf(values).app}"`;
}
