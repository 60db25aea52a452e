import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Document } from './gate/document.ts';
import { ruleIds, validateManifests } from './gate/gate.ts';
import { untypedKinds } from './gate/schemas/check-schemas.ts';
import { get } from './gate/untyped.ts';
import { asksForHelp, helpText, type OptionTexts } from './help.ts';
import type { Manifest } from './manifest.ts';
import { allFindings } from './targets/build-target.ts';
import { loadTarget, targetNames } from './targets/targets.ts';

const usage = `Usage: npm run validate -- DIR [--kubernetes 1.28|newest] [--allow RULE]...
       npm run validate -- DIR --target ${targetNames.join('|')}`;

const options = {
  allow: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
  kubernetes: { type: 'string', default: '1.28' },
  target: { type: 'string' },
} as const;

const texts: OptionTexts<keyof typeof options> = {
  kubernetes: ['--kubernetes VERSION', 'The oldest Kubernetes that must know every field: 1.28 or newest.'],
  allow: ['--allow RULE', `Skips a rule. May be repeated. The rules: ${ruleIds.join(', ')}.`],
  target: ['--target NAME', 'Checks the files of a target that is not Kubernetes.'],
  help: ['-h, --help', 'Prints this text.'],
};

const versions = ['1.28', 'newest'] as const;

function isManifest(value: unknown): value is Manifest {
  return typeof get(value, 'apiVersion') === 'string' && typeof get(value, 'kind') === 'string';
}

/** Reads the objects of one file. Appends a finding for each YAML document that is not a Kubernetes object. */
function readDocuments(file: string, findings: string[]): Document[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).flatMap((parsed) => {
    const [error] = parsed.errors;
    const object: unknown = error ? undefined : parsed.toJS();
    if (object === null) return [];
    if (isManifest(object)) return [{ file, object }];
    const message = error?.message.split('\n')[0] ?? 'must be a Kubernetes object with apiVersion and kind';
    findings.push(`${file}: ${message} [yaml]`);
    return [];
  });
}

function readArguments() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const [folder] = positionals;
  if (!folder || positionals.length > 1) throw new Error(usage);
  const kubernetesVersion = versions.find((version) => version === values.kubernetes);
  if (!kubernetesVersion)
    throw new Error(`--kubernetes must be one of ${versions.join(', ')}, not ${values.kubernetes}`);
  const { allow = [] } = values;
  for (const rule of allow)
    if (!ruleIds.includes(rule)) throw new Error(`--allow ${rule}: must be one of ${ruleIds.join(', ')}`);
  return { folder, kubernetesVersion, allow, target: values.target };
}

interface Verdict {
  readonly subject: string;
  readonly findings: readonly string[];
  /** What could not be checked. It does not change the exit status. */
  readonly hints?: readonly string[];
}

async function checkManifests({
  folder,
  ...choices
}: Omit<ReturnType<typeof readArguments>, 'target'>): Promise<Verdict> {
  const findings: string[] = [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const documents = names
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .flatMap((name) => readDocuments(join(folder, name), findings));
  findings.push(...(await validateManifests(documents, choices)));
  if (documents.length === 0) findings.push(`${folder}: contains no Kubernetes objects [yaml]`);
  const untyped = await untypedKinds(documents.map(({ object }) => object));
  const hints = untyped.map((kind) => `the gate has no types of ${kind} and has not checked its fields`);
  return { subject: `${documents.length} objects`, findings, hints };
}

/** Checks a folder that synth has written for a target with --out, also with the rules that synth leaves out. */
async function checkTarget(name: string, folder: string): Promise<Verdict> {
  const target = await loadTarget(name);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
  return { subject: `${files.size} files`, findings: await allFindings(target, files) };
}

/** Checks the files of a folder. The exit status is 0 without findings, 1 with findings and 2 on a usage error. */
async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) {
    process.stdout.write(helpText(usage, texts));
    return;
  }
  const { target, ...options } = readArguments();
  const {
    findings,
    hints = [],
    subject,
  } = await (target ? checkTarget(target, options.folder) : checkManifests(options));
  for (const line of [...hints, ...findings]) process.stderr.write(`${line}\n`);
  process.stdout.write(`${subject}, ${findings.length} findings\n`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
});
