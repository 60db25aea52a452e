import type { Manifest } from '../../manifest.ts';
import { toDottedPath } from '../untyped.ts';

/** Parts of a JSON schema that lists the fields of a custom resource. */
export const string = { type: 'string' } as const;
export const integer = { type: 'integer', minimum: 0 } as const;
export const strict = (properties: object, required: string[] = []) =>
  ({ type: 'object', properties, required, additionalProperties: false }) as const;

/** Checks an object against a schema of its spec that was written down here, and returns a message for each fault. */
export async function checkUsedFields(object: Manifest, spec: object): Promise<string[]> {
  // Few objects need Ajv, so all others do not wait for its 100 ms of loading.
  const { Ajv } = await import('ajv');
  const properties = { apiVersion: string, kind: string, metadata: { type: 'object' }, spec };
  const validate = new Ajv({ allErrors: true }).compile(strict(properties, ['metadata', 'spec']));
  if (validate(object)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${toDottedPath(instancePath)} ${message} ${Object.values(params).join(' ')}`,
  );
}
