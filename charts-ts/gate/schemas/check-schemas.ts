import type { Manifest } from '../../manifest.ts';
import type { Document, Finding } from '../document.ts';
import { checkAwsGateway } from './aws-gateway.ts';
import { unknownFields128 } from './kubernetes-1-28.ts';
import { checkNewestTypes, isComplete } from './newest-types.ts';

/** The oldest API server that must accept the objects without dropping a field. */
export type KubernetesVersion = '1.28' | 'newest';

/**
 * Whether the message is about a field called `description` that exists. kubernetes-models was generated without
 * fields of that name, so the field counts as known if the types of 1.28 have it.
 */
function isKnownDescription(message: string, unknownIn128: readonly string[] | undefined): boolean {
  const [path = ''] = message.split(' ');
  return /(^|\.)description$/.test(path) && unknownIn128?.includes(path) === false;
}

/** Faults by the newest types of the kind, or undefined for a kind without types. */
const typeFaults = async (object: Manifest): Promise<string[] | undefined> =>
  (await checkAwsGateway(object)) ?? (await checkNewestTypes(object));

async function checkSchema({ object }: Document, version: KubernetesVersion): Promise<string[]> {
  const messages = await typeFaults(object);
  // A custom resource that an operator has added. untypedKinds names it.
  if (!messages && !isComplete(object)) return [];
  if (!messages) return [`the gate has no schema for the kind ${object.apiVersion} ${object.kind}`];
  const unknownIn128 = unknownFields128(object);
  const newest = messages.filter((message) => !isKnownDescription(message, unknownIn128));
  if (version === 'newest' || !unknownIn128) return newest;
  // A field that no version has is reported once.
  const onlyIn128 = unknownIn128.filter((path) => !newest.some((message) => message.startsWith(`${path} `)));
  return [
    ...newest,
    ...onlyIn128.map((path) => `${path} is not a field of Kubernetes 1.28, which drops it without an error`),
  ];
}

/** The custom resources of which the gate has no types, as `apiVersion Kind`, each once. */
export async function untypedKinds(objects: readonly Manifest[]): Promise<string[]> {
  const names = objects
    .filter((object) => !isComplete(object))
    .map(async (object) => ((await typeFaults(object)) ? [] : [`${object.apiVersion} ${object.kind}`]));
  return [...new Set((await Promise.all(names)).flat())];
}

/** Checks every object against the newest types of its kind and, unless `version` is newest, those of 1.28. */
export async function checkSchemas(documents: readonly Document[], version: KubernetesVersion) {
  const findings = documents.map(async (document): Promise<Finding[]> => {
    const messages = await checkSchema(document, version);
    return messages.map((message) => ({ document, message }));
  });
  return (await Promise.all(findings)).flat();
}
