import type { Document } from './document.ts';
import { get, text, tree, trees } from './json.ts';
import { containerRule, podRule, type Rule } from './rule.ts';
import { find, hasPort, type World } from './world.ts';

function* checkKeyRef(
  world: World,
  from: Document,
  kind: string,
  name: unknown,
  key: unknown,
): Iterable<string> {
  const document =
    find(world, kind, name, from) ??
    (kind === 'Secret' ? find(world, 'ExternalSecret', name, from) : undefined);
  // A Secret may come from elsewhere, a ConfigMap may not.
  if (!document) {
    if (kind === 'ConfigMap') yield `points at the ConfigMap ${text(name)}, which is not there`;
    return;
  }
  const { data, stringData } = tree(
    document.object.kind === 'ExternalSecret' ? get(document.object, 'spec') : document.object,
  );
  const keys = Array.isArray(data)
    ? trees(data).map(({ secretKey }) => secretKey)
    : Object.keys({ ...tree(data), ...tree(stringData) });
  if (!keys.includes(key)) yield `points at the key ${text(key)}, which ${kind} ${text(name)} does not have`;
}

/** What a pod points at. */
export const podReferenceRules: readonly Rule[] = [
  containerRule('reference-probe', [], function* (container, workload) {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const port = get(container, probe, 'httpGet', 'port');
      if (port !== undefined && !hasPort(workload, port))
        yield `probes port ${String(port)}, which it does not have`;
    }
  }),
  containerRule('reference-volume', [], function* (container, { spec }) {
    const names = trees(spec.volumes).map(({ name }) => name);
    for (const { name } of trees(container.volumeMounts))
      if (!names.includes(name)) yield `mounts ${text(name)}, which is no volume`;
  }),
  podRule('reference-key', [], function* ({ containers, document, spec }, world) {
    for (const { valueFrom } of containers.flatMap(({ env }) => trees(env))) {
      const { configMapKeyRef, secretKeyRef } = tree(valueFrom);
      if (configMapKeyRef)
        yield* checkKeyRef(
          world,
          document,
          'ConfigMap',
          get(configMapKeyRef, 'name'),
          get(configMapKeyRef, 'key'),
        );
      if (secretKeyRef)
        yield* checkKeyRef(world, document, 'Secret', get(secretKeyRef, 'name'), get(secretKeyRef, 'key'));
    }
    for (const { configMap, secret } of trees(spec.volumes)) {
      if (configMap && !find(world, 'ConfigMap', get(configMap, 'name'), document))
        yield `mounts the ConfigMap ${text(get(configMap, 'name'))}, which is not there`;
      for (const { key } of trees(get(secret, 'items')))
        yield* checkKeyRef(world, document, 'Secret', get(secret, 'secretName'), key);
    }
  }),
];
