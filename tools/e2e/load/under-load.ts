import type { Installation } from '../installation/installation.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { type LoadResult, type LoadTarget, startLoad } from './load.ts';

/** The address of the Service, because not every cluster has DNS, and the name that the service accepts. */
export async function targetOf(
  { kubectl }: Pick<Run, 'kubectl'>,
  { namespace, service }: Pick<Installation, 'namespace' | 'service'>,
): Promise<LoadTarget> {
  const address = await kubectl.must([
    ...['get', 'service', service, '--namespace', namespace, '-o', 'jsonpath={.spec.clusterIP}'],
  ]);
  const authority = address.includes(':') ? `[${address}]` : address;
  return { base: `http://${authority}:8000`, host: `${service}.${namespace}` };
}

/** @param rate requests a second, a quarter of them on new connections */
export const ratesOf = (rate: number) => ({ kept: rate * 0.75, new: rate * 0.25, sockets: 30 });

interface LoadOptions {
  readonly phase: string;
  /** Requests before the action, so that the load is steady when the action begins. */
  readonly before: number;
  /** Requests of the whole load at least. */
  readonly atLeast: number;
}

/** Sends requests before, during and after an action, and reports how many of them were lost. */
export async function underLoad(
  run: Run,
  report: Report,
  installation: Installation,
  { atLeast, before, phase }: LoadOptions,
  action: () => Promise<void>,
): Promise<LoadResult> {
  const load = await startLoad(run.toolPod, await targetOf(run, installation), ratesOf(run.options.rate));
  try {
    await load.until(before);
    await action();
    await load.until(atLeast);
  } catch (error) {
    report.requests(phase, await load.stop());
    throw error;
  }
  const result = await load.stop();
  report.requests(phase, result);
  return result;
}
