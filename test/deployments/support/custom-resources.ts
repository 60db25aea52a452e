import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { isTree, type Tree } from '../../../charts-ts/values/merge.ts';

/** A file with definitions of custom resources, in a Go module. */
export interface DefinitionFile {
  readonly module: string;
  readonly version: string;
  readonly path: string;
}

/** The folder of a module. @throws Error with the message of go */
function moduleFolder({ module, version }: DefinitionFile): string {
  const { stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    encoding: 'utf8',
    cwd: '/',
  });
  const { Dir, Error: message } = JSON.parse(stdout || '{}');
  if (!Dir) throw new Error(`${module}@${version}: ${message ?? stderr}`);
  return Dir;
}

/** The schema without unknown fields, which an API server removes, or refuses with --validate=strict. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (!isTree(schema)) return schema;
  // Some definitions have keywords that are null.
  const given = Object.entries(schema).filter(([, value]) => value !== null);
  const children = Object.fromEntries(given.map(([key, value]) => [key, strict(value)]));
  const isOpen =
    schema.additionalProperties !== undefined ||
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema.type !== 'object' ||
    schema.properties === undefined;
  return isOpen ? children : { ...children, additionalProperties: false };
}

/** A validator of the spec of objects, as the API server checks them, for each `group/version Kind` of a file. */
export function validatorsOf(file: DefinitionFile): Map<string, ValidateFunction> {
  const text = readFileSync(join(moduleFolder(file), file.path), 'utf8');
  const validators = new Map<string, ValidateFunction>();
  for (const document of parseAllDocuments(text)) {
    const { spec }: { spec: { group: string; names: { kind: string }; versions: Tree[] } } = document.toJS();
    for (const { name, schema } of spec.versions) {
      const { openAPIV3Schema } = schema as { openAPIV3Schema: { properties: { spec: unknown } } }; // reason: the shape of a CRD
      // The formats are those of Kubernetes, and the expressions of x-kubernetes-validations need a server.
      const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true });
      const validate = ajv.compile(strict(openAPIV3Schema.properties.spec) as object); // reason: a schema is an object
      validators.set(`${spec.group}/${String(name)} ${spec.names.kind}`, validate);
    }
  }
  return validators;
}
