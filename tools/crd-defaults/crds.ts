import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { CrdSource } from './sources.ts';

/** The parts of an OpenAPI schema that are read here. */
export interface Schema {
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

export interface Crd {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: Schema };
    }[];
  };
}

/** The folder of a Go module. @throws Error if go does not exist, or its proxy does not offer the module */
export function moduleFolder(module: string, version: string): string {
  const output = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    // Outside of a module, so that no go.mod changes.
    cwd: tmpdir(),
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return String(JSON.parse(output).Dir);
}

/** The CRDs of one version of a project. */
export function readCrds({ files, kinds, module }: CrdSource, version: string): Crd[] {
  const folder = moduleFolder(module, version);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => files.test(name));
  return names
    .sort()
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
    .map((document): Crd | null => document.toJS())
    .filter(
      (crd): crd is Crd => crd?.kind === 'CustomResourceDefinition' && kinds.includes(crd.spec.names.kind),
    );
}

/** The schemas of CRDs by `apiVersion kind`. */
export function schemasOf(crds: readonly Crd[]): Map<string, Schema> {
  return new Map(
    crds.flatMap(({ spec }) =>
      spec.versions
        .filter(({ served }) => served)
        .map(({ name, schema }): [string, Schema] => [
          `${spec.group}/${name} ${spec.names.kind}`,
          schema?.openAPIV3Schema ?? {},
        ]),
    ),
  );
}
