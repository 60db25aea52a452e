import { UsageError } from './command-line.ts';
import { GateError } from './gate/gate.ts';
import { FolderError } from './output/folder.ts';
import { SecretsError } from './output/secret-file.ts';
import { runSynth } from './run-synth.ts';
import { SetFlagError } from './values/set-flag.ts';
import { ValuesError } from './values.ts';

const expected = [UsageError, ValuesError, SetFlagError, GateError, SecretsError, FolderError];

runSynth(process.argv.slice(2)).catch((error: unknown) => {
  // What a person can mend is said in lines; anything else is our fault and keeps its stack.
  if (!expected.some((kind) => error instanceof kind)) throw error;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
