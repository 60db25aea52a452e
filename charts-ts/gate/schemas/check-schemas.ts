import type { Manifest } from '../../manifest.ts';
import type { Document, Finding } from '../document.ts';
import { checkAwsGateway } from './aws-gateway.ts';
import { checkCilium } from './cilium.ts';
import { autoscalerOf, behaviorPath, checkKeda } from './keda.ts';
import { unknownFields128 } from './kubernetes-1-28.ts';
import { checkNewestTypes, isComplete } from './newest-types.ts';
import { checkOpenShiftRoute } from './openshift-route.ts';

/** Schemas that are written down here, because no package has them. */
const ownSchemas = [checkAwsGateway, checkCilium, checkKeda, checkOpenShiftRoute];

async function checkOwnSchemas(object: Manifest): Promise<string[] | undefined> {
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

/** Checks the object against the newest types of its kind. undefined if no schema knows the kind. */
async function checkNewest(object: Manifest): Promise<string[] | undefined> {
  return (await checkOwnSchemas(object)) ?? (await checkNewestTypes(object));
}

async function checkSchema(object: Manifest, version: KubernetesVersion): Promise<string[] | undefined> {
  const messages = await checkNewest(object);
  // A custom resource that an operator has added. untypedKinds names it.
  if (!messages && !isComplete(object)) return [];
  if (!messages) return undefined;
  const inner = autoscalerOf(object);
  const innerMessages = (inner && (await checkSchema(inner, version))) ?? [];
  const all = [
    ...messages,
    ...innerMessages.map((message) => message.replace(/^spec\.behavior/, behaviorPath)),
  ];
  const unknownIn128 = unknownFields128(object);
  const newest = all.filter((message) => !isKnownDescription(message, unknownIn128));
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
    .map(async (object) => ((await checkNewest(object)) ? [] : [`${object.apiVersion} ${object.kind}`]));
  return [...new Set((await Promise.all(names)).flat())];
}

/** The rule about an object whose kind no schema knows. It may be allowed. That about wrong fields may not. */
export const unknownKind = 'unknown-kind';

/** A finding, and the rule that it breaks. */
export interface SchemaFinding extends Finding {
  readonly rule: string;
}

/** Checks every object against the newest types of its kind and, unless `version` is newest, those of 1.28. */
export async function checkSchemas(documents: readonly Document[], version: KubernetesVersion) {
  const findings = documents.map(async (document): Promise<SchemaFinding[]> => {
    const { apiVersion, kind } = document.object;
    const messages = await checkSchema(document.object, version);
    if (messages) return messages.map((message) => ({ document, message, rule: 'schema' }));
    const message = `the gate has no schema for the kind ${apiVersion} ${kind}`;
    return [{ document, message, rule: unknownKind }];
  });
  return (await Promise.all(findings)).flat();
}
