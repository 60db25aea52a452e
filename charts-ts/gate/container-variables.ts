import { type Environment, entries, isSecret } from '../../app/config/config.ts';
import type { Tree } from '../values/merge.ts';
import { configMapData, secretFile } from './container-files.ts';
import type { ManifestSet, Workload } from './manifest-set.ts';
import { asMap, asMaps, asText, get } from './untyped.ts';

/** What is known of the variables of a container before it runs. */
export interface KnownVariables {
  /** A secret is in its `_FILE` form, because nobody knows its text yet. */
  readonly env: Environment;
  /** Whether the text of a variable comes from an object that is not part of the manifests, or from the node. */
  isUnknown(variable: string): boolean;
}

const secrets = new Set<string>(entries.filter(isSecret).map(({ name }) => name));

type Known = readonly [name: string, text: string | undefined];

function knownText(entry: Tree, workload: Workload, manifests: ManifestSet): Known {
  const { value, valueFrom } = entry;
  const name = asText(entry.name);
  const { configMapKeyRef, secretKeyRef } = asMap(valueFrom);
  if (secretKeyRef) return secrets.has(name) ? [`${name}_FILE`, secretFile] : [name, undefined];
  if (configMapKeyRef) {
    const data = configMapData(manifests, workload, get(configMapKeyRef, 'name'));
    const text = data?.[asText(get(configMapKeyRef, 'key'))];
    return [name, data ? asText(text) : undefined];
  }
  // Kubernetes puts the value of another variable in the place of $(NAME).
  const isComposed = /(?<!\$)\$\([A-Za-z_][A-Za-z0-9_.-]*\)/.test(asText(value));
  return [name, valueFrom || isComposed ? undefined : asText(value)];
}

/** The variables of the ConfigMaps in `envFrom`, and the prefixes of sources that are not part of the manifests. */
function fromSources(container: Tree, workload: Workload, manifests: ManifestSet) {
  const sources = asMaps(container.envFrom).map(({ configMapRef, prefix }) => ({
    prefix: asText(prefix),
    data: configMapRef && configMapData(manifests, workload, get(configMapRef, 'name')),
  }));
  const texts = sources.flatMap(({ data, prefix }) =>
    Object.entries(asMap(data)).map(([name, text]): Known => [`${prefix}${name}`, asText(text)]),
  );
  return { texts, prefixes: sources.flatMap(({ data, prefix }) => (data ? [] : [prefix])) };
}

/** The variables of a container, as far as the manifests say. `env` takes precedence over `envFrom`. */
export function variablesOf(container: Tree, workload: Workload, manifests: ManifestSet): KnownVariables {
  const { prefixes, texts } = fromSources(container, workload, manifests);
  const named = asMaps(container.env).map((entry) => knownText(entry, workload, manifests));
  const all = new Map<string, string | undefined>([...texts, ...named]);
  return {
    env: Object.fromEntries(all),
    isUnknown(variable) {
      const forms = [variable, `${variable}_FILE`].filter((form) => all.has(form));
      if (forms.length > 0) return forms.every((form) => all.get(form) === undefined);
      return prefixes.some((prefix) => variable.startsWith(prefix));
    },
  };
}
