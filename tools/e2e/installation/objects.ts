import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';

/** An object of Kubernetes as JSON. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

/** The objects of the files of a folder, without those of the folders below. */
export function readObjects(folder: string): KubeObject[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document): KubeObject => document.toJS());
}

/** `apps/Deployment/auth-system/auth-service`: an object is the same one in every version of its API. */
export function keyOf({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : 'core';
  return [group, kind, metadata.namespace, metadata.name].filter(Boolean).join('/');
}

/** The keys of the objects that both lists contain. */
export function sharedKeys(one: readonly KubeObject[], other: readonly KubeObject[]): string[] {
  const keys = new Set(one.map(keyOf));
  return other.map(keyOf).filter((key) => keys.has(key));
}

/** The whole object without its status and what the server counts. */
function contentOf(object: KubeObject): unknown {
  const { metadata, ...rest } = object;
  const { status: _status, ...content } = { status: undefined, ...rest };
  const {
    managedFields: _fields,
    resourceVersion: _version,
    ...own
  } = {
    ...{ managedFields: undefined, resourceVersion: undefined },
    ...metadata,
  };
  return { ...content, metadata: own };
}

/** What another installation has done to these objects: one line for each that is gone, new or changed. */
export function changesOf(before: readonly KubeObject[], after: readonly KubeObject[]): string[] {
  const now = new Map(after.map((object) => [keyOf(object), object]));
  return before.flatMap((object) => {
    const key = keyOf(object);
    const found = now.get(key);
    if (!found) return [`${key} is gone`];
    if (found.metadata.uid !== object.metadata.uid) return [`${key} is another object`];
    return isDeepStrictEqual(contentOf(found), contentOf(object)) ? [] : [`${key} has changed`];
  });
}
