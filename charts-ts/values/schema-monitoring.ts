import { z } from 'zod';
import { annotations, dnsLabel, duration, labels, text } from './formats.ts';

/** A map in the format of a custom resource. The gate checks it in the finished object. */
const part = z.record(z.string(), z.unknown());

/** Labels of series, and annotations of alerts. Prometheus allows no dots and hyphens in their names. */
const seriesLabels = z.record(
  text(/^[A-Za-z_]\w*$/, 'must be the name of a label in Prometheus: letters, digits and _'),
  z.string(),
);

/** What a ServiceMonitor and a PodMonitor have in common. */
const monitor = z.strictObject({
  enabled: z.boolean(),
  interval: duration,
  scrapeTimeout: duration.optional(),
  namespace: dnsLabel.optional(),
  labels,
  annotations,
  jobLabel: z.string().min(1).optional(),
  honorLabels: z.boolean(),
  scheme: z.enum(['http', 'https']).optional(),
  tlsConfig: part,
  relabelings: z.array(part),
  metricRelabelings: z.array(part),
  endpoint: part,
});

/** What an operator changes of one alert. */
const override = z.strictObject({
  for: duration.optional(),
  expr: z.string().min(1).optional(),
  severity: z.string().min(1).optional(),
  labels: seriesLabels.optional(),
  annotations: seriesLabels.optional(),
});

export const monitoring = z.strictObject({
  job: z.string().min(1).optional(),
  matchers: seriesLabels,
  serviceMonitor: monitor,
  podMonitor: monitor,
  rules: z.strictObject({
    enabled: z.boolean(),
    namespace: dnsLabel.optional(),
    labels,
    annotations,
    runbooks: z.url().optional(),
    disabled: z.array(z.string()),
    overrides: z.record(z.string(), override),
    alertLabels: seriesLabels,
    extraGroups: z.array(part),
  }),
  alertmanagerConfig: z.strictObject({ enabled: z.boolean(), labels, annotations }),
  dashboards: z.strictObject({
    enabled: z.boolean(),
    namespace: dnsLabel.optional(),
    labels,
    annotations,
    logs: z.enum(['loki', 'cloudwatch']).optional(),
    traces: z.enum(['tempo']).optional(),
  }),
});
