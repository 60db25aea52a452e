import { Argument, type Command } from 'commander';
import { completionScript, shells } from './completion.ts';

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('write the completion script of a shell')
    .description('Writes the script with which a shell completes the commands and options.')
    .addArgument(new Argument('<shell>', 'name of the shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  source <(auth-service completion bash)
  auth-service completion zsh > ~/.zfunc/_auth-service
  auth-service completion fish > ~/.config/fish/completions/auth-service.fish`,
    )
    .action((shell) => void process.stdout.write(completionScript(program, shell)));
}
