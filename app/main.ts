import { readFileSync } from 'node:fs';
import { createCommandContext } from './commands/command-context.ts';
import { describeError, exitStatusOf } from './commands/failure.ts';
import { buildProgram } from './commands/program.ts';

const version = String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);

try {
  await buildProgram(createCommandContext(version)).parseAsync();
} catch (error) {
  const message = describeError(error);
  if (message) process.stderr.write(`${message}\n`);
  process.exitCode = exitStatusOf(error);
  // Open connections must not keep a failed command running.
  process.exit();
}
