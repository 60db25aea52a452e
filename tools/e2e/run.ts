import { join } from 'node:path';
import type { Cleanup } from '../torture/harness/cleanup.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Kubectl } from './cluster/kubectl.ts';
import { scriptsConfigMap, startToolPod, type ToolPod } from './cluster/tool-pod.ts';
import { type Installation, synthesizeInstallation } from './installation/installation.ts';
import { type Stores, withDatabase } from './installation/stores.ts';
import { baseValues, type PlainValues } from './installation/values.ts';
import type { Options } from './options.ts';
import type { Report } from './report.ts';

/** What the steps of a run share. */
export interface Run {
  readonly options: Options;
  readonly kubectl: Kubectl;
  readonly cluster: Cluster;
  /** A name that no other run has: the prefix of every namespace, database and cluster-wide object. */
  readonly id: string;
  readonly folder: string;
  readonly cleanup: Cleanup;
  readonly stores: Stores;
  /** A namespace that admits every pod. */
  readonly toolNamespace: string;
  /** The pod in which loads and small programs run. */
  readonly toolPod: ToolPod;
  /** The installation on which most steps work. The first step that asks for it makes it. */
  main(): Promise<Installation>;
  install(options: InstallOptions): Promise<Installation>;
}

export interface Step {
  readonly name: string;
  readonly claim: string;
  /** @throws StepSkipped where the cluster cannot run the step */
  run(run: Run, report: Report): Promise<void>;
}

export interface InstallOptions {
  /** The folder of its files, and the name of its database. */
  readonly id: string;
  readonly namespace: string;
  readonly values?: PlainValues;
  /** Whether the installation shares the namespace with another one. */
  readonly isGuest?: boolean;
}

type Parts = Omit<Run, 'main' | 'install' | 'toolPod'> & { readonly hasOwnDatabases: boolean };

/** Labels of a namespace: privileged for the pods of the steps, restricted for those of the service. */
const podSecurity = (level: 'privileged' | 'restricted') => ({ 'pod-security.kubernetes.io/enforce': level });

export async function createNamespace(
  { cleanup, kubectl }: Pick<Run, 'cleanup' | 'kubectl'>,
  name: string,
  level: 'privileged' | 'restricted',
): Promise<void> {
  const labels = podSecurity(level);
  await kubectl.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }]);
  cleanup.add(
    async () =>
      void (await kubectl.must(['delete', 'namespace', name, '--ignore-not-found', '--wait=false'])),
  );
}

/** The namespace, the scripts and the pod of the steps. */
export async function startTools(parts: Pick<Run, 'cleanup' | 'kubectl' | 'options' | 'toolNamespace'>) {
  const { kubectl, options, toolNamespace: namespace } = parts;
  await createNamespace(parts, namespace, 'privileged');
  await kubectl.apply([scriptsConfigMap(namespace)]);
  return startToolPod(kubectl, { name: 'e2e-load', namespace, image: options.image });
}

/** Executes statements on the server of the stores, from inside of the cluster. */
export async function changeDatabases(
  pod: ToolPod,
  { ca, databaseUrl }: Stores,
  change: { readonly create?: readonly string[]; readonly drop?: readonly string[] },
): Promise<void> {
  await pod.exec(['node', '/scripts/database.mjs'], JSON.stringify({ url: databaseUrl, ca, ...change }));
}

async function storesOf(parts: Parts, pod: ToolPod, id: string): Promise<Stores> {
  const { cleanup, hasOwnDatabases, stores } = parts;
  if (!hasOwnDatabases) return stores;
  const name = `${parts.id}-${id}`.replaceAll('-', '_');
  await changeDatabases(pod, stores, { create: [name] });
  cleanup.add(() => changeDatabases(pod, stores, { drop: [name] }));
  return { ...stores, databaseUrl: withDatabase(stores.databaseUrl, name) };
}

/** Adds to the parts of a run what makes installations. */
export function createRun(parts: Parts, toolPod: ToolPod): Run {
  const { cleanup, cluster, folder, kubectl, options } = parts;

  async function install({ id, isGuest, namespace, values = {} }: InstallOptions): Promise<Installation> {
    const stores = await storesOf(parts, toolPod, id);
    const hasMonitoring = cluster.customGroups.includes('monitoring.coreos.com');
    const base = baseValues({
      ...{ image: options.image, stores, namespace, hasMonitoring },
      callers: parts.toolNamespace,
    });
    const own = {
      extraConfig: { REDIS_KEY_PREFIX: `${parts.id}-${id}:` },
      ...(isGuest && { namespace: { create: false } }),
    };
    const installation = await synthesizeInstallation({
      ...{ kubectl, namespace, stores, files: options.files },
      folder: join(folder, id),
      values: [base, own, values],
    });
    cleanup.add(async () => void (await installation.delete()));
    return installation;
  }

  let main: Promise<Installation> | undefined;
  async function makeMain(): Promise<Installation> {
    const installation = await install({ id: 'main', namespace: `${parts.id}-main` });
    await installation.applyFirst();
    await installation.rolledOut();
    return installation;
  }

  return {
    ...parts,
    toolPod,
    install,
    main: () => {
      main ??= makeMain();
      return main;
    },
  };
}
