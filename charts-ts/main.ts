import { parseCommandLine, synthHelp, UsageError } from './command-line.ts';
import { GateError } from './gate/gate.ts';
import { asksForHelp } from './help.ts';
import { OutputFolderError } from './output/output-folder.ts';
import { SecretsError } from './output/secret-file.ts';
import { refuseExamples } from './refuse-examples.ts';
import { runSynth } from './run-synth.ts';
import { ValuesError } from './values/load-values.ts';
import { SetFlagError } from './values/set-flag.ts';

const expectedErrors = [UsageError, ValuesError, SetFlagError, GateError, SecretsError, OutputFolderError];

const printPaths = (paths: readonly string[]): void => {
  process.stdout.write(paths.map((path) => `${path}\n`).join(''));
};

const warn = (line: string): void => void process.stderr.write(`${line}\n`);

const args = process.argv.slice(2);

async function main(): Promise<void> {
  if (asksForHelp(args)) {
    process.stdout.write(synthHelp);
    return;
  }
  refuseExamples(parseCommandLine(args));
  // cdk8s synth passes its output folder in CDK8S_OUTDIR. npm run synth writes to k8s-out.
  printPaths(await runSynth(args, process.env.CDK8S_OUTDIR, warn));
}

main().catch((error: unknown) => {
  // The operator can correct these errors and needs only their message. Any other error is a bug and keeps its stack.
  if (!expectedErrors.some((kind) => error instanceof kind)) throw error;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
