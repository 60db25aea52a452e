import { readFileSync } from 'node:fs';
import { createCommandContext } from './commands/command-context.ts';
import { failureOf } from './commands/failure.ts';
import { buildProgram } from './commands/program.ts';

const version = String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);
const args = process.argv.slice(2);
const isJson = args.includes('--json') || /(?:^| )(?:-o ?|--output[= ])json(?: |$)/.test(args.join(' '));

try {
  const program = buildProgram(createCommandContext(version, isJson));
  await program.parseAsync(args.length > 0 ? args : ['serve'], { from: 'user' });
} catch (error) {
  const { code, isReported, message, status } = await failureOf(error);
  if (message) process.stderr.write(`${message}\n`);
  if (isJson && !isReported)
    process.stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
  process.exitCode = status;
  // Open connections must not keep a failed command running.
  process.exit();
}
