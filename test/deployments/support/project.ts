import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The files that a fresh clone has, with the changes of the working tree. */
export function copyProject(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const copy =
    'git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$0"';
  const { status, stderr } = spawnSync('bash', ['-c', copy, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Replaces a file in one step, as an editor does. */
export function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} lacks ${from}`);
  writeFileSync(`${path}.new`, text.replace(from, to));
  renameSync(`${path}.new`, path);
}
