import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string | undefined;
}

/** What kubectl says when it fails. */
export class KubectlError extends Error {}

export type Kubectl = ReturnType<typeof createKubectl>;

/**
 * Runs the kubectl on the PATH against the cluster that it points at.
 * @param context of the kubeconfig; undefined for the current one
 */
export function createKubectl(context?: string) {
  const chosen = context ? [`--context=${context}`] : [];

  /** A process whose streams the caller reads: `exec -i`, `get --watch`. */
  const start = (args: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn('kubectl', [...chosen, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });

  /** @throws KubectlError if there is no kubectl */
  async function run(args: readonly string[], { input = '' }: RunOptions = {}): Promise<Answer> {
    const child = start(args);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new KubectlError('kubectl is not on the PATH', { cause: error })),
      );
      child.once('close', resolve);
    });
    // A command that does not read its standard input may end before all of it is written.
    child.stdin.on('error', () => undefined).end(input);
    const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { status, stdout, stderr };
  }

  /** @throws KubectlError with what kubectl says if its status is not 0 */
  async function must(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { status, stderr, stdout } = await run(args, options);
    if (status !== 0) throw new KubectlError(`kubectl ${args.join(' ')}: ${(stderr || stdout).trim()}`);
    return stdout;
  }

  return {
    start,
    run,
    must,
    /** `kubectl ARGS -o json`, parsed. @throws KubectlError */
    async json<T>(args: readonly string[]): Promise<T> {
      // reason: the API server answers with the type that the arguments ask for.
      return JSON.parse(await must([...args, '-o', 'json'])) as T;
    },
    /** Creates or changes objects as `kubectl apply` does. @throws KubectlError */
    apply: (objects: readonly object[]): Promise<string> =>
      must(['apply', '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
      }),
  };
}
