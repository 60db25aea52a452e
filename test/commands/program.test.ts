import { expect } from 'chai';
import { commandLineFault, commandsOf, idleProgram } from '../support/command-line.ts';
import { start } from '../support/process.ts';

describe('The command line', () => {
  const refused: readonly [args: string, reason: RegExp][] = [
    ['srve', /unknown command 'srve'[\s\S]*serve/],
    ['serve now', /too many arguments/],
    ['serve --fast', /unknown option '--fast'/],
    ['migrate 5', /too many arguments/],
    ['admin', /Usage: auth-service admin/],
    ['admin remove', /unknown command 'remove'/],
    ['admin create --email a@example.com', /required option '--username/],
    ['keys revoke', /missing required argument 'kid'/],
    ['keys --algorithm RS1', /Allowed choices are RS256/],
    ...['1024', '2047', '65536', 'many', '2048.5', '-1'].map((bits): [string, RegExp] => [
      `keys --bits ${bits}`,
      /--bits[\s\S]*whole number from 2048 to 8192/,
    ]),
    ...['NaN', '0', '-5', '1.5', '99999999999', ''].flatMap((months): [string, RegExp][] => [
      [`purge --keep-months=${months}`, /--keep-months[\s\S]*from 1 to 120/],
      [`purge --keep-audit-months=${months}`, /--keep-audit-months[\s\S]*from 12 to 120/],
    ]),
    ['purge --keep-audit-months 11', /from 12 to 120/],
  ];
  for (const [args, reason] of refused) {
    it(`is refused before anything runs: ${args}`, async () => {
      expect(await commandLineFault(args.split(' '))).to.match(reason);
    });
  }

  it('may contain a key id that begins with a hyphen', async () => {
    expect(await commandLineFault(['keys', 'revoke', '-kid', '--force'])).to.equal(null);
  });

  it('is explained by each command: what it does, and what each argument and option means', () => {
    for (const command of commandsOf(idleProgram().program)) {
      const name = command.name();
      expect(command.description(), name).to.match(/^[A-Z].*\.$/);
      for (const { description, long } of command.options)
        expect(description, `${name} ${long}`).to.not.equal('');
      for (const argument of command.registeredArguments)
        expect(argument.description, `${name} ${argument.name()}`).to.not.equal('');
    }
  });
});

describe('The executable', () => {
  async function run(args: readonly string[], variables: Record<string, string> = {}) {
    const running = start(args, variables);
    const streams = { out: '', err: '' };
    running.child.stdout?.on('data', (chunk) => {
      streams.out += chunk;
    });
    running.child.stderr?.on('data', (chunk) => {
      streams.err += chunk;
    });
    return { status: await running.ended, ...streams };
  }

  it('shows help on standard output with status 0', async () => {
    const { err, out, status } = await run(['--help']);
    expect([status, err]).to.deep.equal([0, '']);
    expect(out).to.contain(
      'Exit status: 0 done, 1 failed, 2 the command line is wrong, 78 the configuration',
    );
  });

  it('ends with status 2 because of the command line, and leaves standard output empty', async () => {
    const { err, out, status } = await run(['srve']);
    expect([status, out]).to.deep.equal([2, '']);
    expect(err).to.contain("unknown command 'srve'");
  });

  it('ends with status 78 because of the configuration, and with --json says so in one document', async () => {
    const { err, out, status } = await run(['migrate', '--json'], { ENV: 'production' });
    expect(status).to.equal(78);
    expect(JSON.parse(out).error.code).to.equal('configuration');
    expect(JSON.parse(out).error.message).to.contain('DB_PRIMARY_DB_URL is required');
    expect(err).to.contain('DB_PRIMARY_DB_URL is required');
  });

  it('ends with status 1 because a command failed', async () => {
    const { out, status } = await run(['health', '--json'], { METRICS_PORT: '1', HOST: '127.0.0.1' });
    expect(status).to.equal(1);
    expect(JSON.parse(out).error.code).to.equal('failed');
  });
});
