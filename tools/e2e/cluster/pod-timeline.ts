import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from './kubectl.ts';

/** Milliseconds on the clock of this machine at which a watch reported the change; undefined until then. */
export interface PodTimes {
  readonly name: string;
  node: string;
  created: number;
  ready?: number;
  terminating?: number;
  gone?: number;
}

const template = [
  '{.type}',
  '{.object.metadata.name}',
  '{.object.metadata.deletionTimestamp}',
  '{.object.spec.nodeName}',
  '{.object.status.conditions[?(@.type=="Ready")].status}',
].join('{"|"}');

/** Records one line of the watch. Lines that arrive before the list of pods is complete have no earlier time. */
export function recordLine(pods: Map<string, PodTimes>, line: string, now: number): void {
  const [type, name = '', deletion, node = '', ready] = line.split('|');
  if (!name) return;
  const pod: PodTimes = pods.get(name) ?? { name, node, created: now };
  pods.set(name, pod);
  pod.node = node || pod.node;
  if (ready === 'True') pod.ready ??= now;
  if (deletion) pod.terminating ??= now;
  if (type === 'DELETED') pod.gone ??= now;
}

export type PodTimeline = Awaited<ReturnType<typeof watchPods>>;

/** Watches the pods with a label until `stop`. Resolves when it knows the pods that exist. */
export async function watchPods(kubectl: Kubectl, namespace: string, selector: string) {
  const known = await kubectl.must([
    ...['get', 'pods', '--namespace', namespace, '--selector', selector, '-o', 'name'],
  ]);
  const pods = new Map<string, PodTimes>();
  const child = kubectl.start([
    ...['get', 'pods', '--namespace', namespace, '--selector', selector, '--watch', '--output-watch-events'],
    ...['-o', `jsonpath=${template}{"\\n"}`],
  ]);
  child.stderr.resume();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => recordLine(pods, line, performance.now()));
  const closed = once(child, 'close');

  async function until(isReached: () => boolean, what: string, seconds: number): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    while (!isReached()) {
      if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
      if (child.exitCode !== null) throw new Error('the watch of the pods has ended');
      await sleep(200);
    }
  }

  const before = new Set(
    known
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace('pod/', '')),
  );
  await until(() => [...before].every((name) => pods.has(name)), 'every pod is known', 30);
  const all = (): PodTimes[] => [...pods.values()];
  return {
    all,
    /** Pods that were created after the watch began. */
    fresh: () => all().filter(({ name }) => !before.has(name)),
    until,
    /** Waits until every pod that terminates is gone. */
    settled: (seconds: number) =>
      until(
        () => all().every(({ gone, terminating }) => !terminating || gone),
        'terminating pods are gone',
        seconds,
      ),
    async stop(): Promise<void> {
      child.kill();
      await closed;
    },
  };
}

const secondsBetween = (start: number | undefined, end: number | undefined): number[] =>
  start === undefined || end === undefined ? [] : [Math.round((end - start) / 100) / 10];

/** Seconds from the creation of each pod until it was ready. */
export const startSeconds = (pods: readonly PodTimes[]): number[] =>
  pods.flatMap(({ created, ready }) => secondsBetween(created, ready));

/** Seconds from the first sign of termination of each pod until it was gone. */
export const drainSeconds = (pods: readonly PodTimes[]): number[] =>
  pods.flatMap(({ gone, terminating }) => secondsBetween(terminating, gone));

/** `3.1–4.0 s (median 3.4 s of 4)`, or `none`. */
export function describeSeconds(seconds: readonly number[]): string {
  const sorted = [...seconds].sort((one, other) => one - other);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (median === undefined) return 'none';
  return `${sorted[0]}–${sorted.at(-1)} s (median ${median} s of ${sorted.length})`;
}
