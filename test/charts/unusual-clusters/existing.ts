import type { UnusualCluster } from './cluster.ts';

/** Objects that exist already, or that another team manages. */
export const existing: readonly UnusualCluster[] = [
  {
    title: 'a namespace that exists',
    values: 'namespace: { name: platform, create: false }',
    output: {
      'Namespace/platform': null,
      'Deployment/auth-service': { metadata: { namespace: 'platform' } },
    },
  },
  {
    title: 'a PriorityClass that exists',
    values: 'scheduling: { priorityClass: { create: false, name: business-critical } }',
    output: {
      'PriorityClass/business-critical': null,
      'Deployment/auth-service': { spec: { template: { spec: { priorityClassName: 'business-critical' } } } },
    },
  },
  {
    title: 'a name of a namespace that Kubernetes does not accept',
    values: 'namespace: { name: Platform }',
    refused: ['namespace.name: must be a DNS label: lower case letters, digits and -'],
  },
];
