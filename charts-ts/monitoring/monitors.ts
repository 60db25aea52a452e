import type {
  IPodMonitor,
  IServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { apiSelector, installationSelector, placedMetadata } from '../names.ts';
import type { Values } from '../values/schema.ts';

type Monitor = Values['monitoring']['serviceMonitor'];

/** How Prometheus scrapes the port of the metrics. */
function endpointOf({ endpoint, honorLabels, interval, metricRelabelings, relabelings, ...rest }: Monitor) {
  const { scheme, scrapeTimeout, tlsConfig } = rest;
  return {
    port: 'metrics',
    path: '/metrics',
    interval,
    ...(scrapeTimeout && { scrapeTimeout }),
    ...(honorLabels && { honorLabels }),
    ...(scheme && { scheme }),
    ...(Object.keys(tlsConfig).length > 0 && { tlsConfig }),
    ...(relabelings.length > 0 && { relabelings }),
    ...(metricRelabelings.length > 0 && { metricRelabelings }),
    ...endpoint,
  };
}

function monitorMetadata(values: Values, { annotations, labels, namespace }: Monitor) {
  return placedMetadata(values, namespace, '', { component: 'monitoring', annotations, labels });
}

/** A monitor selects objects of its own namespace unless it names another one. */
const namespaceSelector = ({ namespace }: Values, monitor: Monitor) =>
  monitor.namespace &&
  monitor.namespace !== namespace.name && { namespaceSelector: { matchNames: [namespace.name] } };

/** Makes the Prometheus Operator scrape /metrics: it selects the Service by its labels and the port by its name. */
export class ServiceMonitor extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const monitor = values.monitoring.serviceMonitor;
    addObject<IServiceMonitor>(this, 'monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: monitorMetadata(values, monitor),
      spec: {
        ...(monitor.jobLabel && { jobLabel: monitor.jobLabel }),
        ...namespaceSelector(values, monitor),
        selector: { matchLabels: { ...installationSelector(values), 'app.kubernetes.io/component': 'api' } },
        endpoints: [endpointOf(monitor)],
      },
    });
  }
}

/** The same without a Service, for a Prometheus that selects PodMonitors. */
export class PodMonitor extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const monitor = values.monitoring.podMonitor;
    addObject<IPodMonitor>(this, 'monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: monitorMetadata(values, monitor),
      spec: {
        // Without it, the label job would be the namespace and the name of the PodMonitor.
        jobLabel: monitor.jobLabel ?? 'app',
        ...namespaceSelector(values, monitor),
        selector: { matchLabels: { ...apiSelector(values), ...installationSelector(values) } },
        podMetricsEndpoints: [endpointOf(monitor)],
      },
    });
  }
}
