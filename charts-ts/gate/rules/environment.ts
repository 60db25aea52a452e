import { type CommandName, ConfigError, commandNames, parseConfig } from '../../../app/config/config.ts';
import { names, serviceContainers } from '../../names.ts';
import { bytes, millicpu } from '../../values/formats.ts';
import type { Tree } from '../../values/merge.ts';
import { filesOf } from '../container-files.ts';
import { type KnownVariables, variablesOf } from '../container-variables.ts';
import type { ManifestSet, Workload } from '../manifest-set.ts';
import { containerRule, podRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get } from '../untyped.ts';

/** Without a CPU limit a process sees every CPU of its node, and a large node has this many. */
const cpusOfLargeNode = 64;

/** What the process may use. */
function machineOf(container: Tree) {
  const { cpu, memory } = asMap(get(container, 'resources', 'limits'));
  return {
    cpus: cpu === undefined ? cpusOfLargeNode : millicpu(String(cpu)) / 1_000 || 1,
    hasCpuQuota: cpu !== undefined,
    memoryBytes: bytes(String(memory)) || Number.POSITIVE_INFINITY,
  };
}

/** The command that the container runs. The image serves without arguments. */
function commandOf({ args }: Tree): CommandName {
  const [first] = Array.isArray(args) ? args : [];
  return commandNames.find((name) => name === first) ?? 'serve';
}

/** Whether a fault is about a variable whose text nobody knows yet, so that the fault may not exist in the cluster. */
const isUncertain = (fault: string, { isUnknown }: KnownVariables): boolean =>
  [...fault.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)].some(([name]) => isUnknown(name.replace(/_FILE$/, '')));

/** What the service would report of the environment of a container: `VARIABLE what is wrong with it`. */
function faultsOf(container: Tree, workload: Workload, manifests: ManifestSet): readonly string[] {
  const known = variablesOf(container, workload, manifests);
  const files = filesOf(container, workload, manifests);
  try {
    parseConfig(known.env, machineOf(container), files, commandOf(container));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.filter((fault) => !isUncertain(fault, known));
    throw error;
  }
}

function parseContainers(workload: Workload, manifests: ManifestSet) {
  // Other pods read other variables.
  if (workload.podLabels['app.kubernetes.io/name'] !== names.app) return [];
  // So do the containers that an operator adds.
  const ours = workload.containers.filter(({ name }) => serviceContainers.includes(asText(name)));
  return ours.map((container) => ({
    name: asText(container.name),
    faults: faultsOf(container, workload, manifests),
  }));
}

/** Runs the service's own parser on the complete environment of each container of the service. */
export function parseEnvironments(manifests: ManifestSet) {
  return manifests.workloads.flatMap((workload) => parseContainers(workload, manifests));
}

/** The id of the rule about environments that the parser refuses. */
export const environmentRule = 'environment';

/** The first rule: with such an environment the service would exit with status 78. */
export const environmentRules: readonly Rule[] = [
  podRule(environmentRule, function* (workload, manifests) {
    for (const { faults, name } of parseContainers(workload, manifests))
      for (const fault of faults) yield `container ${name}: ${fault}`;
  }),
  // A container that answers requests must not know how to change the audit log.
  containerRule('owner-url', function* ({ args, env }) {
    const isOfOwner = Array.isArray(args) && ['migrate', 'backup', 'restore'].includes(args[0]);
    for (const { name } of asMaps(env))
      if (/^DB_MIGRATION_URL(_FILE)?$/.test(asText(name)) && !isOfOwner)
        yield `has ${asText(name)}, which only the commands migrate, backup and restore need`;
  }),
];
