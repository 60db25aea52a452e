import { expect } from 'chai';
import { faultOf } from '../support/log-lines.ts';
import { startNode } from '../support/process.ts';

/** Opens the log as a command does, and writes one line. */
const script = `
  import { parseConfig } from './app/config/config.ts';
  import { openLog } from './app/commands/terminal-log.ts';
  const log = await openLog(parseConfig(process.env), false, '1.2.3');
  log.info({ event: 'postgres_back' }, 'Postgres answers again');
`;

/** Refuses to load pino-pretty, as an installation for production does. */
const hooks = `export async function resolve(name, context, next) {
  if (name === 'pino-pretty') throw new Error('no such package');
  return next(name, context);
}`;
const dataUrl = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
const withoutPretty = dataUrl(
  `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`,
);

describe('The log of a process', function () {
  this.timeout(60_000);

  async function linesWith(variables: Record<string, string>, ...options: string[]): Promise<string[]> {
    const args = ['--import=tsx', ...options.map((option) => `--import=${option}`)];
    const running = startNode([...args, '--input-type=module', '-e', script], variables);
    expect(await running.ended, running.output()).to.equal(0);
    return running.output().trim().split('\n');
  }

  it('is JSON where no terminal is attached', async () => {
    const lines = await linesWith({});
    expect(lines.map((line) => faultOf(JSON.parse(line)))).to.deep.equal([null]);
  });

  it('has the format of LOG_FORMAT, with the version of the service', async () => {
    const [gcp = ''] = await linesWith({ LOG_FORMAT: 'gcp' });
    expect(JSON.parse(gcp)).to.deep.include({
      serviceContext: { service: 'auth-service', version: '1.2.3' },
    });
    const [ecs = ''] = await linesWith({ LOG_FORMAT: 'ecs' });
    expect(JSON.parse(ecs)).to.deep.include({ service: { name: 'auth-service', version: '1.2.3' } });
  });

  it('is text for a developer who asks for it, also without a terminal', async () => {
    const [first = ''] = await linesWith({ LOG_FORMAT: 'pretty' });
    expect(first).to.contain('Postgres answers again').and.to.not.match(/^\{/);
  });

  it('is JSON, and says so, where the package for text is missing', async () => {
    const lines = await linesWith({ LOG_FORMAT: 'pretty' }, withoutPretty);
    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed.map(({ event }) => event)).to.deep.equal(['log_format_unavailable', 'postgres_back']);
    expect(parsed.map(faultOf)).to.deep.equal([null, null]);
  });
});
