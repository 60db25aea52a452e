import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const runToEnd = promisify(execFile);

export interface KubectlOptions {
  readonly namespace: string;
  /** Name of the installation, and of its Deployment. */
  readonly name: string;
  /** The context of the kubeconfig. */
  readonly context?: string | undefined;
}

export type Kubectl = ReturnType<typeof createKubectl>;

/** Milliseconds. */
const timeout = 20_000;

/** Reads objects of one namespace with the kubectl on the PATH. It changes nothing. */
export function createKubectl({ context, name, namespace }: KubectlOptions) {
  async function get(...args: string[]): Promise<string> {
    const common = ['get', `--namespace=${namespace}`, '--ignore-not-found'];
    const chosen = context ? [`--context=${context}`] : [];
    try {
      const { stdout } = await runToEnd('kubectl', [...common, ...chosen, ...args], {
        timeout,
        maxBuffer: 32 * 1024 * 1024,
      });
      return stdout;
    } catch (error) {
      const { code, stderr } = Object(error);
      if (code === 'ENOENT') throw new Error('kubectl is not on the PATH', { cause: error });
      throw new Error(
        `kubectl: ${
          String(stderr || error)
            .trim()
            .split('\n')[0]
        }`,
        { cause: error },
      );
    }
  }

  return {
    namespace,
    name,
    /** One object, or null if there is none. */
    async object(kind: string, name: string): Promise<unknown> {
      const text = await get(kind, name, '--output=json');
      return text === '' ? null : JSON.parse(text);
    },
    /** The objects with a label. */
    async list(kind: string, selector: string): Promise<readonly unknown[]> {
      const text = await get(kind, `--selector=${selector}`, '--output=json');
      return text === '' ? [] : (JSON.parse(text).items ?? []);
    },
    /** Parts of one object, so that no secret value leaves the cluster with them. */
    parts: (kind: string, name: string, template: string): Promise<string> =>
      get(kind, name, `--output=jsonpath=${template}`),
  };
}

/** A field of an object of Kubernetes, at a path such as `status.readyReplicas`; undefined if there is none. */
export const fieldAt = (object: unknown, path: string): unknown =>
  // reason: the objects of a cluster may lack any field, and a missing field is a finding of the check.
  path.split('.').reduce<unknown>((value, key) => Object(value)[key], object);

export const listAt = (object: unknown, path: string): readonly unknown[] => {
  const value = fieldAt(object, path);
  return Array.isArray(value) ? value : [];
};
