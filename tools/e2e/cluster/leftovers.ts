import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from './kubectl.ts';

/** Kinds of which an installation may create objects outside of its namespace. */
const kinds = 'namespaces,priorityclasses,clusterroles,clusterrolebindings,persistentvolumes';

/** The names of all objects that belong to no namespace. */
export async function clusterWide(kubectl: Kubectl): Promise<string[]> {
  return (await kubectl.must(['get', kinds, '-o', 'name'])).split('\n').filter(Boolean);
}

/** Whether the name belongs to another run, which may work in the same cluster at the same time. */
const isOfOther = (name: string, id: string): boolean => /e2e-[0-9a-f]{6}/.test(name) && !name.includes(id);

/** What the run has left after its clean-up. Waits three minutes for namespaces that terminate. */
export async function leftovers(kubectl: Kubectl, before: readonly string[], id: string): Promise<string[]> {
  const known = new Set(before);
  const deadline = performance.now() + 180_000;
  for (;;) {
    const left = (await clusterWide(kubectl)).filter((name) => !known.has(name) && !isOfOther(name, id));
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(2_000);
  }
}
