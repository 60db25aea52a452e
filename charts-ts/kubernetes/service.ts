import { Construct } from 'constructs';
import type { IService } from 'kubernetes-models/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { apiSelector, metadata, namesOf, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** The Service with a port for the API and a port for metrics. Ingress and Gateway route only the port of the API. */
export class Service extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const { annotations, ipFamilies, ipFamilyPolicy, port, trafficDistribution, type } = values.service;
    // The annotations of a load balancer belong to the Service that has one (kubernetes/public-service.ts).
    const given = type === 'ClusterIP' ? annotations : {};
    addObject<IService>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(values, namesOf(values).app, {
        labels: values.service.labels,
        annotations: { ...cloud.serviceAnnotations, ...given },
      }),
      spec: {
        type: 'ClusterIP',
        ...(ipFamilyPolicy && { ipFamilyPolicy }),
        ...(ipFamilies.length > 0 && { ipFamilies }),
        selector: apiSelector(values),
        ports: [
          { name: 'http', port, targetPort: 'http', protocol: 'TCP' },
          { name: 'metrics', port: ports.metrics, targetPort: 'metrics', protocol: 'TCP' },
        ],
        ...(trafficDistribution && { trafficDistribution }),
      },
    });
  }
}
