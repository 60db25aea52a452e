import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from './kubectl.ts';

/** Kinds of which an installation may create objects outside of its namespace. */
const kinds = 'namespaces,priorityclasses,clusterroles,clusterrolebindings,persistentvolumes';

/** The names of all objects that belong to no namespace. */
export async function clusterWide(kubectl: Kubectl): Promise<string[]> {
  return (await kubectl.must(['get', kinds, '-o', 'name'])).split('\n').filter(Boolean);
}

/** What a run has left after its clean-up. Waits three minutes for namespaces that terminate. */
export async function leftovers(kubectl: Kubectl, before: readonly string[]): Promise<string[]> {
  const known = new Set(before);
  const deadline = performance.now() + 180_000;
  for (;;) {
    const left = (await clusterWide(kubectl)).filter((name) => !known.has(name));
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(2_000);
  }
}
