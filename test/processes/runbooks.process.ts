import { expect } from 'chai';
import { type RunningService, startRunningService } from '../runbooks/running-service.ts';
import { type ServiceCommand, serviceCommands } from '../runbooks/service-commands.ts';
import { startTimeout } from '../support/kept-services.ts';
import { start } from '../support/process.ts';
import { readRunbooks } from '../support/runbooks.ts';
import { onRealStore } from '../support/stores.ts';

onRealStore('The commands of the service in the runbooks', (stores) => {
  const found = serviceCommands(readRunbooks());
  const selects = ({ args }: ServiceCommand): boolean => args.join(' ').startsWith('doctor --only');
  const checks = new Set(found.filter(selects).flatMap(({ args }) => args[2]?.split(',') ?? []));
  // One process runs the checks that the pages select, because each process costs half a second of CPU time.
  const commands = [
    ...found.filter((command) => !selects(command)),
    { place: 'docs/runbooks', args: ['doctor', '--replicas', '30', '--only', [...checks].join(',')] },
  ];
  let service: RunningService;
  before(async function () {
    this.timeout(2 * startTimeout);
    service = await startRunningService(stores());
  });
  after(() => service?.close());

  const withValues = (args: readonly string[]): string[] =>
    args.map((arg) => arg.replace('$KID', service.retiredKid).replace('$URL', service.url));

  /** Checks fail on this machine, which is no pod: their report is what the page needs. */
  const reports = ({ args: [name = ''] }: ServiceCommand): boolean => ['doctor', 'verify'].includes(name);

  async function run(command: ServiceCommand): Promise<{ status: number | string; output: string }> {
    const running = start(withValues(command.args), service.env, service.output());
    return { status: await running.ended, output: running.output() };
  }

  it('are found', () => {
    const lines = commands.map(({ args }) => args.join(' '));
    expect(lines).to.include.members([
      'health',
      'keys list',
      'keys revoke $KID --end-sessions',
      'admin unlock --email user@example.com',
      'sessions end --email user@example.com',
      'doctor --from-logs -',
    ]);
    expect(checks.size).to.be.above(20);
  });

  for (const command of commands)
    it(`run: auth-service ${command.args.join(' ')}`, async function () {
      this.timeout(startTimeout);
      const { output, status } = await run(command);
      expect(status, `${command.place}\n${output}`).to.be.oneOf(reports(command) ? [0, 1] : [0]);
      if (reports(command) && !command.args.includes('--from-logs')) expect(output).to.match(/^Result: /m);
    });
});
