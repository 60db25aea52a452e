import type { Construct } from 'constructs';
import type { IIngress, IIngressSpec } from 'kubernetes-models/networking.k8s.io/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { hostsOf } from './hosts.ts';

/**
 * Adds an Ingress that routes the paths of each host to the port of the API. checks/check-entry.ts refuses annotations of
 * the operator that the charts set themselves.
 */
export function addIngress(
  scope: Construct,
  values: Values,
  annotations: Readonly<Record<string, string>>,
  spec: Pick<IIngressSpec, 'ingressClassName' | 'tls'>,
): void {
  const backend = { service: { name: namesOf(values).app, port: { number: values.service.port } } };
  addObject<IIngress>(scope, 'ingress', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(values, namesOf(values).ingress, {
      component: 'entry',
      annotations: { ...annotations, ...values.ingress.annotations },
    }),
    spec: {
      ...spec,
      rules: hostsOf(values).map(({ host, paths }) => ({
        host,
        http: { paths: paths.map((path) => ({ ...path, backend })) },
      })),
    },
  });
}
