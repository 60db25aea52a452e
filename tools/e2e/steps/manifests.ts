import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSynth } from '../../../charts-ts/run-synth.ts';
import { changedLines } from '../cluster/apply-lines.ts';
import { type KubeObject, keyOf, readObjects } from '../installation/objects.ts';
import { type Variant, variants } from '../installation/variants.ts';
import type { Report } from '../report.ts';
import type { Run, Step } from '../run.ts';

/** The kinds in what kubectl says that the cluster does not know. */
export function unknownKinds(stderr: string): string[] {
  return [...stderr.matchAll(/no matches for kind "(\w+)"/g)].map(([, kind = '']) => kind);
}

/** GKE reads this annotation only, and ignores `spec.ingressClassName`. */
const ofGke = 'Warning: annotation "kubernetes.io/ingress.class" is deprecated';

/** What kubectl says, without the kinds that the cluster does not know. */
export function complaintsIn(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line && !/no matches for kind|ensure CRDs are installed first/.test(line))
    .filter((line) => !line.startsWith(ofGke));
}

const listOf = (items: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

async function synthesize(run: Run, { cloud, name, values }: Variant, namespace: string): Promise<string> {
  const folder = join(run.folder, name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'values.json');
  writeFileSync(file, JSON.stringify({ ...values, namespace: { name: namespace } }));
  const out = join(folder, 'out');
  await runSynth(['--cloud', cloud, '-f', file, '--out', out]);
  return out;
}

/** Dry run and apply, strictly. @returns the objects that the cluster knows */
async function applyStrictly(
  run: Run,
  report: Report,
  { name }: Variant,
  out: string,
): Promise<KubeObject[]> {
  const strict = ['apply', '--validate=strict', '-f', out];
  const dry = await run.kubectl.run([...strict, '--dry-run=server']);
  const unknown = unknownKinds(dry.stderr);
  const objects = readObjects(out);
  const known = objects.filter(({ kind }) => !unknown.includes(kind));
  const faults = complaintsIn(dry.stderr);
  report.check(
    `${name}: the dry run accepts every object`,
    faults.length === 0,
    `${known.length} of ${objects.length} ${faults.join(' ')}`.trim(),
  );
  if (unknown.length > 0)
    report.skip(`${name}: ${[...new Set(unknown)].join(', ')}`, 'the cluster does not know these kinds');
  const applied = complaintsIn((await run.kubectl.run(strict)).stderr);
  report.check(
    `${name}: apply accepts every object without a warning`,
    applied.length === 0,
    applied.join(' '),
  );
  return known;
}

async function checkDrift(
  run: Run,
  report: Report,
  { name }: Variant,
  known: readonly object[],
): Promise<void> {
  const input = listOf(known);
  const { stdout } = await run.kubectl.run(['diff', '-f', '-'], { input });
  const changed = stdout.split('\n').filter((line) => /^[+-] /.test(line));
  report.check(`${name}: kubectl diff is empty`, stdout === '', changed.slice(0, 6).join(' '));
  const others = changedLines(await run.kubectl.must(['apply', '-f', '-'], { input }));
  report.check(`${name}: a second apply changes nothing`, others.length === 0, others.join('; '));
}

async function checkJobs(run: Run, report: Report, { name }: Variant, out: string): Promise<void> {
  if (!existsSync(join(out, 'jobs'))) return;
  const flags = ['--dry-run=server', '--validate=strict', '-f', join(out, 'jobs')];
  const { status, stderr } = await run.kubectl.run(['create', ...flags]);
  report.check(
    `${name}: kubectl create accepts the Jobs of operators`,
    status === 0 && stderr === '',
    stderr.trim(),
  );
}

export const manifests: Step = {
  name: 'manifests',
  claim: 'The API server accepts every object of each cloud strictly, and stores it as it is',
  async run(run, report) {
    for (const variant of variants) {
      const out = await synthesize(run, variant, `${run.id}-${variant.name}`);
      const namespaces = readObjects(out).filter(({ kind }) => kind === 'Namespace');
      // A dry run in a namespace that does not exist fails.
      await run.kubectl.apply(namespaces);
      const known = await applyStrictly(run, report, variant, out);
      const remove = () =>
        run.kubectl.must(['delete', '-f', '-', '--ignore-not-found', '--wait=false'], {
          input: listOf(known),
        });
      try {
        await checkDrift(run, report, variant, known);
        await checkJobs(run, report, variant, out);
      } finally {
        await remove();
      }
      report.figure(
        `${variant.name}: kinds`,
        new Set(known.map((object) => keyOf(object).split('/')[1])).size,
      );
    }
  },
};
