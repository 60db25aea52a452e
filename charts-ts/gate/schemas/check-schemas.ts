import type { Document, Finding } from '../document.ts';
import { checkAwsGateway } from './aws-gateway.ts';
import { checkCilium } from './cilium.ts';
import { unknownFields128 } from './kubernetes-1-28.ts';
import { checkNewestTypes } from './newest-types.ts';
import { checkOpenShiftRoute } from './openshift-route.ts';

/** Schemas that are written down here, because no package has them. */
const ownSchemas = [checkAwsGateway, checkCilium, checkOpenShiftRoute];

async function checkOwnSchemas(object: Document['object']): Promise<string[] | undefined> {
  for (const check of ownSchemas) {
    const messages = await check(object);
    if (messages) return messages;
  }
  return undefined;
}

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

async function checkSchema({ object }: Document, version: KubernetesVersion): Promise<string[]> {
  const messages = (await checkOwnSchemas(object)) ?? (await checkNewestTypes(object));
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

/** Checks every object against the newest types of its kind and, unless `version` is newest, those of 1.28. */
export async function checkSchemas(documents: readonly Document[], version: KubernetesVersion) {
  const findings = documents.map(async (document): Promise<Finding[]> => {
    const messages = await checkSchema(document, version);
    return messages.map((message) => ({ document, message }));
  });
  return (await Promise.all(findings)).flat();
}
