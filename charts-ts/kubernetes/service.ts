import { Construct } from 'constructs';
import type { IService } from 'kubernetes-models/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { metadata, names, ports, selector } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** API and metrics by name; only the API's port is ever routed from outside. */
export class ApiService extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const { trafficDistribution } = values.service;
    addObject<IService>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(values, names.app, { annotations: cloud.serviceAnnotations }),
      spec: {
        type: 'ClusterIP',
        selector,
        ports: [
          { name: 'http', port: ports.http, targetPort: 'http', protocol: 'TCP' },
          { name: 'metrics', port: ports.metrics, targetPort: 'metrics', protocol: 'TCP' },
        ],
        ...(trafficDistribution && { trafficDistribution }),
      },
    });
  }
}
