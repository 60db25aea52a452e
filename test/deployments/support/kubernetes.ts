import { spawnSync } from 'node:child_process';
import { need } from './tools.ts';

export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl against the cluster of KUBECONFIG. */
export function kubectl(args: readonly string[], input = ''): Answer {
  const { status, stdout, stderr } = spawnSync('kubectl', args, { encoding: 'utf8', input });
  return { status, stdout, stderr };
}

/** @throws Error with what kubectl says when the status is not 0 */
export function kubectlOrThrow(args: readonly string[], input = ''): string {
  const { status, stderr, stdout } = kubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
}

/**
 * Skips the tests of the calling hook by name if a variable of the environment is missing, which says what the tests may
 * use.
 */
export function needVariable(context: Mocha.Context, name: string, purpose: string): string {
  const text = process.env[name];
  if (text) return text;
  process.stdout.write(`skipped, because ${name} is not set: ${purpose}\n`);
  return context.skip();
}

/** Skips the tests of the calling hook by name without a cluster. The tests write into it: never name one that is in use. */
export function needCluster(context: Mocha.Context): void {
  need(context, 'kubectl', 'the releases of Kubernetes');
  needVariable(context, 'KUBECONFIG', 'the kubeconfig of a cluster for tests');
  if (kubectl(['get', '--raw', '/readyz', '--request-timeout=5s']).status === 0) return;
  process.stdout.write('skipped, because the API server of KUBECONFIG does not answer\n');
  context.skip();
}
