import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { runSynth } from '../../../../charts-ts/run-synth.ts';
import { commandsOf, type Recorded } from '../../../deployments/support/recorded-commands.ts';

/** The values file of a page: its one block of YAML. */
function valuesIn(page: string): string {
  const [, text] = /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(page, 'utf8')) ?? [];
  if (!text) throw new Error(`${page} has no values file`);
  return text;
}

/**
 * Runs each `npm run synth` of a page for real, with the values file of the page, into a temporary folder.
 * @returns the files that each of them has written, by name
 */
export async function synthesizePage(
  page: string,
  commands: readonly Recorded[],
): Promise<Map<string, string>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'page-synth-'));
  try {
    writeFileSync(join(folder, 'mine.yaml'), valuesIn(page));
    for (const name of ['database-ca.pem', 'public.pem', 'next-public.pem'])
      writeFileSync(join(folder, name), rootCertificates[0] ?? '');
    const results: Map<string, string>[] = [];
    for (const { args } of commandsOf(commands, 'npm', 'run', 'synth', '--')) {
      const own = args
        .slice(3)
        .map((arg) => arg.replace(/mine\.yaml|[\w-]+\.pem|^deploy\//, (name) => join(folder, name)));
      const [out = ''] = await runSynth(own);
      const names = [
        'service.yaml',
        'migrate-job.yaml',
        'purge-job.yaml',
        'run-monitoring.yaml',
        'template.json',
        'parameters.json',
      ];
      results.push(
        new Map(
          names.flatMap((name) => {
            try {
              return [[name, readFileSync(join(out, name), 'utf8')] as const];
            } catch {
              return [];
            }
          }),
        ),
      );
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
