import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPod, IPodList } from 'kubernetes-models/v1';
import { runSynth } from '../../../charts-ts/run-synth.ts';
import type { Kubectl } from '../cluster/kubectl.ts';
import { type KubeObject, readObjects } from './objects.ts';
import type { Stores } from './stores.ts';
import type { PlainValues } from './values.ts';

export interface InstallationOptions {
  readonly kubectl: Kubectl;
  /** An empty folder for the files of the installation. */
  readonly folder: string;
  readonly namespace: string;
  readonly stores: Stores;
  /** Values files of the user, before the values of the step. */
  readonly files: readonly string[];
  readonly values: readonly PlainValues[];
}

export type Installation = Awaited<ReturnType<typeof synthesizeInstallation>>;

/** The variables from which synth writes the Secret. */
function writeEnvironment(folder: string, { databaseUrl, redisUrl }: Stores): string {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  writeFileSync(join(folder, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  const path = join(folder, '.env.e2e');
  const keys = 'JWT_PRIVATE_KEY_PATH=private.pem\nJWT_PUBLIC_KEY_PATH=public.pem\n';
  writeFileSync(path, `DB_PRIMARY_DB_URL=${databaseUrl}\nREDIS_URL=${redisUrl}\n${keys}`, { mode: 0o600 });
  return path;
}

function only(objects: readonly KubeObject[], kind: string): KubeObject {
  const [found, ...others] = objects.filter((object) => object.kind === kind);
  if (!found || others.length > 0)
    throw new Error(`the manifests contain ${others.length + 1} objects ${kind}`);
  return found;
}

/** The name of the container of the API and the selector of its pods, as the manifests have them. */
function workloadOf(objects: readonly KubeObject[]) {
  const deployment = only(objects, 'Deployment');
  // reason: the gate of synth has checked the object against the type of its kind.
  const spec = deployment.spec as NonNullable<IDeployment['spec']>;
  const labels = Object.entries(spec.selector.matchLabels ?? {});
  return {
    deployment: `deployment/${deployment.metadata.name}`,
    service: only(objects, 'Service').metadata.name,
    container: spec.template.spec?.containers[0]?.name ?? '',
    selector: labels.map(([name, value]) => `${name}=${value}`).join(','),
    replicas: spec.replicas ?? 1,
    rollout: spec,
  };
}

const isOver = ({ metadata, status }: IPod): boolean =>
  metadata?.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed';

/**
 * Writes the manifests and the Secret of an installation by the same function as `npm run synth`.
 * @throws ValuesError or GateError as synth does
 */
export async function synthesizeInstallation(options: InstallationOptions) {
  const { files, folder, kubectl, namespace, stores } = options;
  mkdirSync(folder, { recursive: true });
  const env = writeEnvironment(folder, stores);
  const out = join(folder, 'out');
  const ofNamespace = ['--namespace', namespace];

  /** Writes the manifests again. @param values in addition to those of the installation */
  async function synthesize(values: PlainValues = {}, withSecret = false): Promise<void> {
    const all = [...options.values, values];
    const paths = all.map((_, index) => join(folder, `values-${index}.json`));
    for (const [index, path] of paths.entries()) writeFileSync(path, JSON.stringify(all[index]));
    const fileFlags = [...files, ...paths].flatMap((path) => ['-f', path]);
    const secretFlags = withSecret ? ['--secrets-from', env] : [];
    await runSynth(['--cloud', 'eks', ...fileFlags, ...secretFlags, '--out', out]);
  }

  await synthesize({}, true);
  const workload = workloadOf(readObjects(out));
  const apply = () => kubectl.must(['apply', '-f', out]);

  return {
    ...workload,
    namespace,
    out,
    synthesize,
    objects: () => readObjects(out),
    apply,
    /** Namespace and Secret first, as charts-ts/README.md says. @returns the lines of kubectl */
    async applyFirst(): Promise<string> {
      const namespaceFile = join(out, '00-namespace.yaml');
      const first = [...(existsSync(namespaceFile) ? [namespaceFile] : []), `${env}.secret.yaml`];
      const lines = await kubectl.must(['apply', ...first.flatMap((path) => ['-f', path])]);
      return lines + (await apply());
    },
    /** Waits until a rollout is complete. @throws KubectlError after the time */
    rolledOut: (minutes = 10) =>
      kubectl.must([...['rollout', 'status', ...ofNamespace, workload.deployment, `--timeout=${minutes}m`]]),
    /** The objects of the manifests as the cluster has them. */
    async stored(): Promise<readonly KubeObject[]> {
      const { items } = await kubectl.json<{ items: readonly KubeObject[] }>([
        ...['get', '-f', out, '-f', `${env}.secret.yaml`, '--ignore-not-found'],
      ]);
      return items;
    },
    /** The pods of the API that neither end nor have ended. */
    async pods(): Promise<IPod[]> {
      const { items } = await kubectl.json<IPodList>([
        ...['get', 'pods', ...ofNamespace, '--selector', workload.selector],
      ]);
      return items.filter((pod) => !isOver(pod));
    },
    /** Deletes what the manifests contain, and the Secret. */
    async delete(): Promise<string> {
      const paths = ['-f', out, '-f', `${env}.secret.yaml`];
      return kubectl.must(['delete', ...paths, '--ignore-not-found', '--wait=true', '--timeout=5m']);
    },
  };
}
