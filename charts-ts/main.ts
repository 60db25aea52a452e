import { UsageError } from './command-line.ts';
import { GateError } from './gate/gate.ts';
import { FolderError } from './output/folder.ts';
import { SecretsError } from './output/secret-file.ts';
import { runSynth } from './run-synth.ts';
import { ValuesError } from './values/load-values.ts';
import { SetFlagError } from './values/set-flag.ts';

const expected = [UsageError, ValuesError, SetFlagError, GateError, SecretsError, FolderError];

const say = (paths: readonly string[]): void => {
  process.stdout.write(paths.map((path) => `${path}\n`).join(''));
};

// cdk8s synth tells its app where to write; npm run synth writes what is committed.
runSynth(process.argv.slice(2), process.env.CDK8S_OUTDIR)
  .then(say)
  .catch((error: unknown) => {
    // What a person can mend is said in lines; anything else is our fault and keeps its stack.
    if (!expected.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
