import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Document } from './gate/document.ts';
import { findFaults } from './gate/gate.ts';
import { get } from './gate/json.ts';
import type { Manifest } from './manifest.ts';

const usage = 'npm run validate -- DIR [--kubernetes 1.28|newest] [--allow RULE]...';

const versions = ['1.28', 'newest'] as const;

function isManifest(value: unknown): value is Manifest {
  return typeof get(value, 'apiVersion') === 'string' && typeof get(value, 'kind') === 'string';
}

/** What a file holds; anything that is not an object of Kubernetes is a fault of its own. */
function readFile(path: string, faults: string[]): Document[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).flatMap((parsed) => {
    const object: unknown = parsed.errors.length > 0 ? undefined : parsed.toJS();
    if (object === null) return [];
    if (isManifest(object)) return [{ file: path, object }];
    faults.push(
      `${path}: ${parsed.errors[0]?.message.split('\n')[0] ?? 'is not a Kubernetes object'} [yaml]`,
    );
    return [];
  });
}

/** The gate on any folder of YAML: exit status 0 if nothing is wrong, 1 with a line for each finding. */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { allow: { type: 'string', multiple: true }, kubernetes: { type: 'string', default: '1.28' } },
  });
  const [folder] = positionals;
  if (!folder || positionals.length > 1) throw new Error(usage);
  const faults: string[] = [];
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(ya?ml|json)$/.test(name),
  );
  const documents = paths.sort().flatMap((name) => readFile(join(folder, name), faults));
  const kubernetesVersion = versions.find((version) => version === values.kubernetes);
  if (!kubernetesVersion)
    throw new Error(`--kubernetes ${values.kubernetes}: must be one of ${versions.join(', ')}`);
  faults.push(...(await findFaults(documents, { kubernetesVersion, allow: values.allow ?? [] })));
  if (documents.length === 0) faults.push(`${folder}: holds no Kubernetes objects [yaml]`);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.stdout.write(`${documents.length} objects, ${faults.length} findings\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
});
