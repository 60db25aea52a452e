import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from '../../support/debian-tool.ts';

/** Series by name with labels, in promtool's notation: `0+60x10` is ten steps of 60. */
export type Inputs = Readonly<Record<string, string>>;

export interface Situation {
  readonly series: Inputs;
  /** When the alert is evaluated, counted from the start of the series. */
  readonly at: string;
  /** Time between two values of a series. @default 1m */
  readonly interval?: string;
  /** Labels that the firing alert must have. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Runs promtool in a temporary folder with these files. @returns whether it succeeded, and its output */
export function promtool(args: readonly string[], files: Readonly<Record<string, object>>) {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    // JSON is YAML, and much faster to write.
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), JSON.stringify(content));
    const { status, stdout, stderr } = spawnSync(toolPath('promtool') ?? 'promtool', args, {
      cwd: folder,
      // promtool runs for seconds, and needs less CPU time if it collects garbage less often.
      env: { ...process.env, GOGC: '400' },
      encoding: 'utf8',
    });
    return { ok: status === 0, stdout, stderr, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
