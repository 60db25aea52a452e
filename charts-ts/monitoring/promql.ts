import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

type Labels = Readonly<Record<string, string>>;

/** The label `job` that Prometheus gives the series of the service. */
export function jobOf(values: Values): string {
  const { job, podMonitor, serviceMonitor } = values.monitoring;
  const { jobLabel } = podMonitor.enabled ? podMonitor : serviceMonitor;
  const { app } = namesOf(values);
  // The Service and the pods have the same labels of these charts.
  const labels: Labels = { ...metadata(values, app).labels, ...(podMonitor.enabled && values.podLabels) };
  return job ?? (jobLabel ? labels[jobLabel] : undefined) ?? app;
}

/** The labels of all series about the namespace, and about the cluster if one Prometheus has series of several. */
const namespaceLabels = ({ monitoring, namespace }: Values): Labels => ({
  namespace: namespace.name,
  ...monitoring.matchers,
});

/** The labels of the series of this installation, and so of what its rules record and of its alerts. */
export const seriesLabels = (values: Values): Labels => ({
  namespace: values.namespace.name,
  job: jobOf(values),
  ...values.monitoring.matchers,
});

function matchersOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}

/**
 * Label matchers, without braces, of series of Kubernetes about the namespace. Others than this installation may be in it,
 * so an expression has a matcher of its Deployment or of its pods as well.
 */
export const namespaceSelector = (values: Values): string => matchersOf(namespaceLabels(values));

/**
 * Label matchers, without braces, of the metrics that the service exposes, and of what its rules record. Installations
 * share a Prometheus, and even a namespace.
 */
export const serviceSelector = (values: Values): string => matchersOf(seriesLabels(values));

/** Label matchers, without braces, of the containers of the API: pods are called after their Deployment and two hashes. */
export function containerSelector(values: Values, container: string): string {
  const pods = `${namesOf(values).app}-[^-]+-[^-]+`;
  return `${namespaceSelector(values)},container="${container}",pod=~"${pods}"`;
}
