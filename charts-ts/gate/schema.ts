import type { Document, Finding } from './document.ts';
import { unknownIn128 } from './schema-1-28.ts';
import { checkAws } from './schema-aws.ts';
import { checkNewest } from './schema-newest.ts';

/** The oldest API server that must take the objects whole. */
export type KubernetesVersion = '1.28' | 'newest';

/** The models were generated without any field called `description`; whether there is one, the types of 1.28 know. */
function isLost(message: string, old: readonly string[] | undefined): boolean {
  const [path = ''] = message.split(' ');
  return path.split('.').at(-1) === 'description' && old !== undefined && !old.includes(path);
}

async function messages(document: Document, version: KubernetesVersion): Promise<string[]> {
  const { object } = document;
  const all = (await checkAws(object)) ?? (await checkNewest(object));
  if (!all) return [`${object.apiVersion} ${object.kind} is not a kind that is known here`];
  const old = unknownIn128(object);
  const newest = all.filter((message) => !isLost(message, old));
  if (version === 'newest' || !old) return newest;
  // A field that nobody knows is said once, as such.
  const onlyOld = old.filter((path) => !newest.some((message) => message.startsWith(`${path} `)));
  return [...newest, ...onlyOld.map((path) => `${path} is not a field of Kubernetes 1.28`)];
}

/** Every object against the types of its kind: the newest, and those of 1.28 unless `version` is newest. */
export async function checkSchemas(
  documents: readonly Document[],
  version: KubernetesVersion,
): Promise<Finding[]> {
  const found = await Promise.all(
    documents.map(async (document) =>
      (await messages(document, version)).map((message) => ({ document, message })),
    ),
  );
  return found.flat();
}
