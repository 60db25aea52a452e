import { loadTarget, targetNames } from '../../charts-ts/targets/targets.ts';

// Prints the generated files that lie in the root of the project, for git.
for (const name of targetNames) {
  const { rootFiles } = await loadTarget(name);
  process.stdout.write(rootFiles.map((file) => `${file}\n`).join(''));
}
