import { Construct } from 'constructs';
import type { IService } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { apiSelector, metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

/**
 * A second Service, of the type NodePort or LoadBalancer. It has the port of the API alone: the Service for the cluster
 * also has the port of the metrics, which nobody outside may reach.
 */
export class PublicService extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { annotations, externalTrafficPolicy, ipFamilies, ipFamilyPolicy, labels, port, type, ...service } =
      values.service;
    const { loadBalancerClass, loadBalancerSourceRanges, nodePort } = service;
    addObject<IService>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(values, `${namesOf(values).app}-public`, {
        component: 'entry',
        labels,
        annotations,
      }),
      spec: {
        type,
        ...(externalTrafficPolicy && { externalTrafficPolicy }),
        ...(loadBalancerClass && { loadBalancerClass }),
        ...(loadBalancerSourceRanges.length > 0 && { loadBalancerSourceRanges }),
        ...(ipFamilyPolicy && { ipFamilyPolicy }),
        ...(ipFamilies.length > 0 && { ipFamilies }),
        selector: apiSelector(values),
        ports: [{ name: 'http', port, targetPort: 'http', protocol: 'TCP', ...(nodePort && { nodePort }) }],
      },
    });
  }
}
