import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ContainerGroup } from '@azure/arm-containerinstance';
import * as mappers from '@azure/arm-containerinstance/dist-esm/src/models/mappers.js';

/**
 * The serializer alone. The index of the package also loads its HTTP client, whose packages `overrides` in package.json
 * leaves out.
 */
function loadSerializer(): typeof import('@azure/core-client') {
  const requireHere = createRequire(import.meta.url);
  const root = dirname(requireHere.resolve('@azure/core-client/package.json'));
  return requireHere(join(root, 'dist/commonjs/serializer.js'));
}

const { createSerializer } = loadSerializer();

const serializer = createSerializer({ ...mappers });

/** The nested form in which the API and templates contain a group. */
export const toTemplate = (group: ContainerGroup): object =>
  serializer.serialize(mappers.ContainerGroup, group, 'group');

/** Every text, number and empty part of a value, by its path. */
function leavesOf(value: unknown, path: string): [path: string, leaf: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const parts = Array.isArray(value)
    ? value.map((item, at): [string, unknown] => [`${path}[${at}]`, item])
    : Object.entries(value).map(([key, item]): [string, unknown] => [path ? `${path}.${key}` : key, item]);
  return parts.length === 0 ? [[path, 'empty']] : parts.flatMap(([at, item]) => leavesOf(item, at));
}

/**
 * What the client of Azure would refuse, convert or leave out of a group: a missing value, one of another type, and each field
 * that it does not know.
 * @param group without the fields of every resource: type, apiVersion, name and dependsOn
 */
export function groupFaults(group: object): string[] {
  try {
    const read = serializer.deserialize(mappers.ContainerGroup, group, 'group');
    const kept = new Map(leavesOf(serializer.serialize(mappers.ContainerGroup, read, 'group'), ''));
    return leavesOf(group, '').flatMap(([path, leaf]) => {
      if (!kept.has(path)) return [`${path}: is not a field of a container group`];
      const sent = kept.get(path);
      return sent === leaf ? [] : [`${path}: must be a ${typeof sent}`];
    });
  } catch (error) {
    return [error instanceof Error ? error.message.replace(/^group\./, '') : String(error)];
  }
}
