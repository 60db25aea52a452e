import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '../../../charts-ts/targets/pipeline/step.ts';

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** A copy of what the steps read, in which they may write. */
export function createCheckout(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
  for (const name of [
    'app',
    'charts-ts',
    'tools',
    'migrations',
    'Dockerfile',
    'package.json',
    'package-lock.json',
    '.npmrc',
    'tsconfig.json',
  ])
    cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export const textsBelow = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

/** Runs a step as GitHub runs it: `shell: bash`. The variables of this process do not reach it. */
export async function runStep(
  { run }: Pick<Step, 'run'>,
  cwd: string,
  variables: Record<string, string> = {},
): Promise<Ended> {
  const script = join(cwd, 'step.sh');
  writeFileSync(script, `${run.join('\n')}\n`);
  const { PATH = '' } = process.env;
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd,
    env: { PATH, HOME: cwd, ...variables },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  const [status] = await once(child, 'close');
  return { status, output };
}

export const find = (steps: readonly Step[], name: string): Step => {
  const found = steps.find((step) => step.name === name);
  if (!found) throw new Error(`there is no step ${name}`);
  return found;
};
