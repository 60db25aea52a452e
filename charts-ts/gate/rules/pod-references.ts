import type { Tree } from '../../values/merge.ts';
import type { Document } from '../document.ts';
import { findObject, hasContainerPort, type ManifestSet } from '../manifest-set.ts';
import { containerRule, podRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get } from '../untyped.ts';

function* checkConfigMapKey(
  manifests: ManifestSet,
  referrer: Document,
  { key, name }: Tree,
): Iterable<string> {
  const configMap = findObject(manifests, 'ConfigMap', name, referrer);
  if (!configMap && manifests.existing.includes(asText(name))) return;
  if (!configMap) yield `refers to the ConfigMap ${asText(name)}, which does not exist`;
  else if (key !== undefined && !Object.hasOwn(asMap(get(configMap.object, 'data')), asText(key)))
    yield `refers to the key ${asText(key)}, which the ConfigMap ${asText(name)} does not have`;
}

/** Checks a key of a Secret, if the Secret is part of the manifests. Operators often create it by other means. */
function* checkSecretKey(manifests: ManifestSet, referrer: Document, { key, name }: Tree): Iterable<string> {
  const secret = findObject(manifests, 'Secret', name, referrer)?.object;
  const externalSecret = findObject(manifests, 'ExternalSecret', name, referrer)?.object;
  if (!secret && !externalSecret) return;
  // What the store returns as a whole, or a template makes, is not known before.
  const isOpen = get(externalSecret, 'spec', 'dataFrom') ?? get(externalSecret, 'spec', 'target', 'template');
  if (!secret && isOpen) return;
  const keys = secret
    ? Object.keys({ ...asMap(get(secret, 'data')), ...asMap(get(secret, 'stringData')) })
    : asMaps(get(externalSecret, 'spec', 'data')).map(({ secretKey }) => secretKey);
  if (!keys.includes(key))
    yield `refers to the key ${asText(key)}, which the Secret ${asText(name)} does not have`;
}

/** Rules about the ports, volumes, ConfigMaps and Secrets that a pod refers to. */
export const podReferenceRules: readonly Rule[] = [
  containerRule('reference-probe', function* (container, workload) {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const port = get(container, probe, 'httpGet', 'port');
      if (port !== undefined && !hasContainerPort(workload, port))
        yield `has a ${probe} on port ${String(port)}, which no container of the pod declares`;
    }
  }),
  containerRule('reference-volume', function* (container, { podSpec }) {
    const names = asMaps(podSpec.volumes).map(({ name }) => name);
    for (const { name } of asMaps(container.volumeMounts))
      if (!names.includes(name)) yield `mounts the volume ${asText(name)}, which the pod does not have`;
  }),
  podRule('reference-key', function* ({ containers, document, podSpec }, manifests) {
    for (const { valueFrom } of containers.flatMap(({ env }) => asMaps(env))) {
      const { configMapKeyRef, secretKeyRef } = asMap(valueFrom);
      if (configMapKeyRef) yield* checkConfigMapKey(manifests, document, asMap(configMapKeyRef));
      if (secretKeyRef) yield* checkSecretKey(manifests, document, asMap(secretKeyRef));
    }
    const sources = asMaps(podSpec.volumes).flatMap((volume) => [
      volume,
      ...asMaps(get(volume, 'projected', 'sources')),
    ]);
    for (const { configMap, secret } of sources) {
      if (configMap) yield* checkConfigMapKey(manifests, document, { name: get(configMap, 'name') });
      const name = get(secret, 'secretName') ?? get(secret, 'name');
      for (const { key } of asMaps(get(secret, 'items')))
        yield* checkSecretKey(manifests, document, { key, name });
    }
  }),
];
