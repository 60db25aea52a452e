import { Command } from 'commander';
import { CommandFailed } from '../../../../app/commands/command-context.ts';
import { addDoctorCommand } from '../../../../app/commands/doctor/command.ts';

/** The doctor as a process of its own, for what a test cannot change in its own process: its user, clock and limits. */
const program = new Command('auth-service');
addDoctorCommand(program, {
  version: 'test',
  open: () => Promise.reject(new Error('the doctor reads the configuration itself')),
  report: ({ json }, result, lines) =>
    void process.stdout.write(`${json ? JSON.stringify(result) : lines.join('\n')}\n`),
});
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandFailed)) process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
