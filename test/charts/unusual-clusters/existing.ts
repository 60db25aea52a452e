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
    title: 'a tenant whose namespace may use no PriorityClass',
    values: 'scheduling: { priorityClass: { create: false, name: null } }',
    output: {
      'PriorityClass/auth-service': null,
      'Deployment/auth-service': { spec: { template: { spec: { priorityClassName: null } } } },
      'CronJob/auth-service-purge': {
        spec: { jobTemplate: { spec: { template: { spec: { priorityClassName: null } } } } },
      },
    },
  },
  {
    title: 'a PriorityClass to create that has no name',
    values: 'scheduling: { priorityClass: { name: null } }',
    refused: ['scheduling.priorityClass.name: is required because scheduling.priorityClass.create is true'],
  },
  {
    title: 'a name of a namespace that Kubernetes does not accept',
    values: 'namespace: { name: Platform }',
    refused: ['namespace.name: must be a DNS label: lower case letters, digits and -'],
  },
];
