import type { Values } from '../values/schema.ts';

const prefix = 'vault.hashicorp.com';
const isOn = (annotations: Readonly<Record<string, string>>, name: string): boolean =>
  annotations[`${prefix}/${name}`] === 'true';

/** What the injector of Vault does to pods unless further annotations say otherwise: `path: effect`. */
export function* vaultWarnings({ jobs, migrations, podAnnotations, secrets }: Values): Iterable<string> {
  const readsFiles = Object.values(secrets.keys).some((key) => key && 'path' in key);
  const migratesInPod = migrations.mode === 'initContainer';
  if (
    readsFiles &&
    migratesInPod &&
    isOn(podAnnotations, 'agent-inject') &&
    !isOn(podAnnotations, 'agent-init-first')
  )
    yield `podAnnotations: has no ${prefix}/agent-init-first: "true", without which the migration starts before the files of Vault are there`;
  if (isOn(jobs.podAnnotations, 'agent-inject') && !isOn(jobs.podAnnotations, 'agent-pre-populate-only'))
    yield `jobs.podAnnotations: has no ${prefix}/agent-pre-populate-only: "true", without which the agent of Vault keeps running and a Job never ends`;
}
