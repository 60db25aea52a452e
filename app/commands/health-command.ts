import type { Command } from 'commander';
import { type CommandContext, CommandFailed, withJson } from './command-context.ts';
import { loadEnvironmentFile } from './environment-file.ts';

export function addHealthCommand(program: Command, { report }: CommandContext): void {
  withJson(program.command('health'))
    .summary('ask whether the service on this machine is live')
    .description(
      'Asks whether the service on this machine is live, and exits with 0 if it is: a health check for containers without curl.',
    )
    .option(
      '--ready',
      'ask whether it should get requests: prints ready, degraded (without Postgres it checks tokens only) or not_ready with the reasons, and exits with 1 if it is not ready',
    )
    .action(async (options) => {
      const { askReadiness, healthCommand, healthTarget } = await import('./health.ts');
      loadEnvironmentFile();
      const { HOST } = process.env;
      if (!options.ready) {
        await healthCommand(healthTarget(process.env), HOST);
        if (options.json) report(options, { status: 'live' }, []);
        return;
      }
      const { parseReadiness } = await import('./readiness-report.ts');
      const result = parseReadiness(await askReadiness(healthTarget(process.env, 'ready'), HOST));
      const { reasons, status } = result;
      report(options, result, [reasons.length > 0 ? `${status} (${reasons.join(', ')})` : status]);
      if (status === 'not_ready') throw new CommandFailed();
    });
}
