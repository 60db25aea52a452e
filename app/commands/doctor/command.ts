import { type Command, InvalidArgumentError } from 'commander';
import { addCheckOptions } from '../checks/options.ts';
import { type CommandContext, CommandFailed } from '../command-context.ts';
import { loadEnvironmentFile } from '../environment-file.ts';
import type { DoctorOptions } from './options.ts';

function replicasOf(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 99999.');
  return Number(text);
}

function urlOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('It must be a URL that begins with https:// or http://.');
  return text;
}

const help = `
The doctor reads the environment (and .env) as the service does, goes on after a faulty value, and changes nothing.
It prints no secret. Run it where the service runs, for example:

  kubectl exec deploy/auth-service -- auth-service doctor
  docker compose run --rm auth-service doctor --pre
  kubectl logs deploy/auth-service --previous | auth-service doctor --from-logs -

Exit status: 0 nothing failed, 1 a check failed, 2 usage. docs/checks.md explains every check.`;

export function addDoctorCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .summary('find out what is wrong')
    .description('Finds out what is wrong with the configuration and with everything that it names.')
    .option('--from-logs <file>', 'explain the lines of a log instead (- for standard input)')
    .option('--pre', 'only what can be known before the first deployment')
    .option('--replicas <n>', 'greatest number of processes that share the database', replicasOf)
    .option('--public-url <url>', 'address under which clients reach the service', urlOf);
  addCheckOptions(command)
    .addHelpText('after', help)
    .action(async (options: DoctorOptions) => {
      loadEnvironmentFile();
      const { runDoctor } = await import('./run-doctor.ts');
      const isGood = await runDoctor(options, context, process.env);
      if (!isGood) throw new CommandFailed();
    });
}
