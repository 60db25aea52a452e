import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Makes the Prometheus Operator scrape /metrics: it selects the Service by its labels and the port by its name. */
export class ServiceMonitor extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { interval, labels } = values.monitoring.serviceMonitor;
    addObject<IServiceMonitor>(this, 'monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: metadata(values, namesOf(values).app, { component: 'monitoring', labels }),
      spec: {
        selector: {
          matchLabels: {
            'app.kubernetes.io/name': namesOf(values).app,
            'app.kubernetes.io/component': 'api',
          },
        },
        endpoints: [{ port: 'metrics', path: '/metrics', interval }],
      },
    });
  }
}
