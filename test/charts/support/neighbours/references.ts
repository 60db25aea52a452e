import type { Loose } from '../synthesized.ts';
import { templateOf } from './neighbour.ts';

type Reference = readonly [kind: string, name: string | undefined, namespace?: string];

function ofPod(object: Loose): Reference[] {
  const pod = templateOf(object)?.spec;
  if (!pod?.containers) return [];
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  const variables = containers.flatMap(({ env = [] }: Loose) => env);
  return [
    ['ServiceAccount', pod.serviceAccountName],
    ['PriorityClass', pod.priorityClassName, ''],
    ...pod.volumes.map(({ configMap }: Loose) => ['ConfigMap', configMap?.name] as const),
    ...variables.map(({ valueFrom }: Loose) => ['ConfigMap', valueFrom?.configMapKeyRef?.name] as const),
  ];
}

/** Objects of the clouds, which annotations and parameters name. */
function ofCloud({ metadata, spec }: Loose): Reference[] {
  const annotations = metadata.annotations ?? {};
  const backend = annotations['cloud.google.com/backend-config'];
  const parameters = spec?.infrastructure?.parametersRef;
  const target = spec?.targetRef;
  return [
    ['BackendConfig', backend && JSON.parse(backend).default],
    ['FrontendConfig', annotations['networking.gke.io/v1beta1.FrontendConfig']],
    ['ManagedCertificate', annotations['networking.gke.io/managed-certificates']],
    [parameters?.kind, parameters?.name],
    [target?.kind, target?.name],
  ];
}

function ofKind({ kind, spec }: Loose): Reference[] {
  const rules: Loose[] = spec?.rules ?? [];
  switch (kind) {
    case 'HorizontalPodAutoscaler':
      return [[spec.scaleTargetRef.kind, spec.scaleTargetRef.name]];
    case 'ExternalSecret':
      return [['SecretStore', spec.secretStoreRef.name]];
    case 'SecretStore':
      return [...JSON.stringify(spec).matchAll(/"serviceAccountRef":{"name":"([^"]+)"/g)].map(([, name]) => [
        'ServiceAccount',
        name,
      ]);
    case 'TargetGroupConfiguration':
      return [['Service', spec.targetReference.name]];
    case 'Ingress':
      return rules.flatMap(({ http }) =>
        http.paths.map(({ backend }: Loose) => ['Service', backend.service.name] as const),
      );
    case 'HTTPRoute':
      return [
        ...spec.parentRefs.map(({ name, namespace }: Loose) => ['Gateway', name, namespace] as const),
        ...rules.flatMap(({ backendRefs = [] }) =>
          backendRefs.map(({ name }: Loose) => ['Service', name] as const),
        ),
      ];
    default:
      return [];
  }
}

/** The objects that an object refers to by name, as `Kind namespace/name`. */
export function referencesOf(object: Loose): string[] {
  return [...ofPod(object), ...ofCloud(object), ...ofKind(object)].flatMap(([kind, name, namespace]) =>
    name ? [`${kind} ${namespace ?? object.metadata.namespace}/${name}`] : [],
  );
}
