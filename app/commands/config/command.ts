import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Command, Option } from 'commander';
import { commandNames } from '../../config/config.ts';
import { type CommandContext, CommandFailed, withJson } from '../command-context.ts';
import { exitStatuses } from '../exit-statuses.ts';
import type { Variables } from './effective-variables.ts';

/** The variables as the commands read them: those of the process precede those of the file .env. */
function readVariables(): Variables {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  const ofFile = new Set(Object.keys(file).filter((name) => process.env[name] === undefined));
  return { env: { ...file, ...process.env }, ofFile };
}

const withCommandOption = (command: Command): Command =>
  command.addOption(
    new Option('--command <name>', 'the command whose variables are meant')
      .choices(commandNames)
      .default('serve'),
  );

function addPrint(config: Command, { report }: CommandContext): void {
  withCommandOption(withJson(config.command('print')))
    .summary('show each variable with its value and its source')
    .description(
      'Shows each variable that is set or has a default, with its value and its source: the environment, the file .env, a file that NAME_FILE names, or the default. Secrets are redacted.',
    )
    .action(async ({ command, json }) => {
      const { effectiveVariables, misspelledVariables } = await import('./effective-variables.ts');
      const { readMachine } = await import('../../config/cgroup.ts');
      const variables = readVariables();
      const environment = variables.env.ENV?.trim() || 'development';
      const effective = effectiveVariables(variables, command, { machine: readMachine(), environment });
      const unknown = misspelledVariables(variables.env);
      report({ json }, { variables: effective, unknown }, [
        ...effective.map(({ name, source, value }) => `${name}=${value}  # ${source}`),
        ...unknown.map(
          ({ known, name }) => `# ${name} is no variable of the service: did you mean ${known}?`,
        ),
      ]);
    });
}

function addCheck(config: Command, { report }: CommandContext): void {
  withCommandOption(withJson(config.command('check')))
    .summary('find the faults of the configuration')
    .description(
      'Finds every fault of the configuration, and warns about faulty variables that the command does not read and about misspelled names. It opens no connection. With a fault it ends with status 78.',
    )
    .action(async ({ command, json }) => {
      const { checkConfig } = await import('./check-config.ts');
      const { faults, warnings } = checkConfig(readVariables().env, command);
      report({ json }, { command, is_valid: faults.length === 0, faults, warnings }, [
        ...faults.map((fault) => `fault: ${fault}`),
        ...warnings.map((warning) => `warning: ${warning}`),
        faults.length === 0 ? `${command} accepts the configuration` : `${command} does not start with it`,
      ]);
      if (faults.length > 0) throw new CommandFailed('', exitStatuses.configuration);
    });
}

export function addConfigCommand(program: Command, context: CommandContext): void {
  const config = program
    .command('config')
    .summary('show and check the configuration')
    .description('Shows and checks the configuration.')
    .addHelpText(
      'after',
      '\nExamples:\n  auth-service config print\n  auth-service config check --command migrate --json',
    );
  addPrint(config, context);
  addCheck(config, context);
}
