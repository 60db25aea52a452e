import { namesOf } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { looseSelector, namespaceSelector, seriesLabels, serviceSelector } from '../promql.ts';
import { keepFiringFor, unlessOtherOutage, whileFiring } from './outages.ts';
import { type Alert, alertingRule, type Recording, recordingRule } from './rule.ts';

/** Recorded by each installation, so that others know which series are its own. */
const installation = 'auth:installation:info';
/** Number of pods by the labels under which their series were found. */
const unexpected = 'auth:unexpected_labels:pods';

/**
 * Series of the service that no installation expects, while this one has none. Those of another namespace count only for an
 * installation that has not been scraped for a day: afterwards they are more likely those of another one without rules.
 */
function unexpectedSeries(values: Values): string {
  const selector = serviceSelector(values);
  const keys = Object.keys(seriesLabels(values)).join(', ');
  const found = (inNamespace: boolean): string =>
    `auth_build_info{${looseSelector(values, inNamespace)}} unless on (${keys}) ${installation}`;
  const copied = (name: string, from: string): string =>
    `label_replace(${from}, "found_${name}", "$1", "${name}", "(.*)")`;
  const series = `(${found(true)}) or (${found(false)} unless on () present_over_time(up{${selector}}[1d]))`;
  return (
    `count by (found_namespace, found_job) (${copied('namespace', copied('job', series))})` +
    ` unless on () up{${selector}}`
  );
}

/** What AuthServiceDown and AuthScrapeLabelsUnexpected read. */
export const scrapeRecordings = (values: Values): Recording[] => [
  recordingRule(values, installation, 'vector(1)'),
  recordingRule(values, unexpected, unexpectedSeries(values)),
];

/** The number of pods that are ready, from kube-state-metrics. */
const readyPods = (values: Values): string =>
  `kube_deployment_status_replicas_available{${namespaceSelector(values)},deployment="${namesOf(values).app}"}`;

/** No pod answers the scrape: nobody can log in. */
export function serviceDownAlert(values: Values): Alert {
  const selector = serviceSelector(values);
  const isDown = `absent(up{${selector}} == 1) unless on () ${unexpected}{${selector}}`;
  const isNotReady = `max(${readyPods(values)}) == 0`;
  return alertingRule(values, 'AuthServiceDown', 'critical', {
    // The outage ends when a pod is ready, which is after it answers the scrape. One that crashes again answers in between.
    expr:
      `${unlessOtherOutage(values, 'AuthServiceDown', isDown)}` +
      ` or ${whileFiring(values, 'AuthServiceDown', isNotReady)}`,
    for: '2m',
    keepFiringFor,
    summary: 'No pod of auth-service can be scraped',
    description: 'No pod has answered on its metrics port for two minutes. Users probably cannot log in.',
  });
}

/** Pods answer the scrape, and none is ready. */
export function noPodReadyAlert(values: Values): Alert {
  const isNotReady = `max by (deployment) (${readyPods(values)}) == 0`;
  return alertingRule(values, 'AuthNoPodReady', 'critical', {
    // It needs kube-state-metrics. AuthServiceDown does not fire in this case: a pod that is not ready still answers the
    // scrape. Three minutes, so that an alert on the cause fires first and inhibits this one.
    expr: unlessOtherOutage(values, 'AuthNoPodReady', isNotReady),
    for: '3m',
    keepFiringFor,
    summary: 'No pod of auth-service is ready',
    description: 'No pod has been ready for three minutes, so no pod receives requests. Users cannot log in.',
  });
}

/** Tickets about the scrape itself. */
export function scrapeAlerts(values: Values): Alert[] {
  const selector = serviceSelector(values);
  return [
    alertingRule(values, 'AuthServiceTargetDown', 'warning', {
      expr: `up{${selector}} == 0`,
      for: '5m',
      summary: 'A pod of auth-service cannot be scraped',
      description: 'Pod {{ $labels.pod }} has not answered on its metrics port for five minutes.',
    }),
    alertingRule(values, 'AuthScrapeLabelsUnexpected', 'warning', {
      expr: `${unexpected}{${selector}} > 0`,
      for: '10m',
      summary:
        'The series of auth-service have other labels than the rules expect, so most alerts cannot fire',
      description:
        '{{ $value }} pods are scraped with job “{{ $labels.found_job }}” and namespace ' +
        '“{{ $labels.found_namespace }}”. The rules select those of their own labels.',
    }),
  ];
}
