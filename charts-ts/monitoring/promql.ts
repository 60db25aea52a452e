import { namesOf, standardLabels } from '../names.ts';
import { seconds } from '../values/formats.ts';
import type { Values } from '../values/schema.ts';

type Labels = Readonly<Record<string, string>>;

/** The labels of the Service, or of the pods if Prometheus scrapes them without it. */
export function scrapedLabels(values: Values): Labels {
  const added = values.monitoring.podMonitor.enabled ? values.podLabels : values.service.labels;
  // Common labels replace some standard ones, and checks/check-labels.ts refuses the others.
  return { ...standardLabels(values, 'api'), ...added, ...values.commonLabels };
}

/** The label `job` that Prometheus gives the series of the service. */
export function jobOf(values: Values): string {
  const { job, podMonitor, serviceMonitor } = values.monitoring;
  const { jobLabel } = podMonitor.enabled ? podMonitor : serviceMonitor;
  return job ?? (jobLabel ? scrapedLabels(values)[jobLabel] : undefined) ?? namesOf(values).app;
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

/** A regular expression of the pods of the API: they are called after their Deployment and two hashes. */
const podsOf = (values: Values): string => `${namesOf(values).app}-[^-]+-[^-]+`;

/** Label matchers, without braces, of a container of the pods of the API. */
export const containerSelector = (values: Values, container: string): string =>
  `${namespaceSelector(values)},container="${container}",pod=~"${podsOf(values)}"`;

/**
 * Label matchers, without braces, of series that may come from this installation although their labels are not those that the
 * rules expect: a label is as expected or missing. An empty alternative of a regular expression matches a missing label.
 * @param inNamespace false for series that name another namespace
 */
export function looseSelector(values: Values, inNamespace: boolean): string {
  const orMissing = (text: string): string => JSON.stringify(`${text}|`);
  const further = Object.entries(values.monitoring.matchers).map(
    ([name, text]) => `${name}=~${orMissing(text.replace(/[^\w:/-]/g, '\\$&'))}`,
  );
  const namespace = `namespace${inNamespace ? '=~' : '!~'}${orMissing(values.namespace.name)}`;
  return [namespace, `pod=~${orMissing(podsOf(values))}`, ...further].join(',');
}

/** Seconds between two scrapes. */
export function scrapeInterval({ monitoring }: Values): number {
  const { endpoint, interval } = monitoring.podMonitor.enabled
    ? monitoring.podMonitor
    : monitoring.serviceMonitor;
  const { interval: ofEndpoint } = endpoint;
  return typeof ofEndpoint === 'string' && /^\d+[smhd]$/.test(ofEndpoint)
    ? seconds(ofEndpoint)
    : seconds(interval);
}

/**
 * The shortest window over which a rate is reliable: four scrapes, so that one may fail, but at least two minutes. Five
 * minutes are enough for every interval that the checks of the values accept.
 */
export const shortestWindow = (values: Values): string =>
  `${Math.min(300, Math.max(120, 4 * scrapeInterval(values)))}s`;
