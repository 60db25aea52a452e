import { isIP } from 'node:net';
import { type Command, InvalidArgumentError } from 'commander';
import { duration } from '../../config/format.ts';
import { addCheckOptions } from '../checks/options.ts';
import type { CommandContext } from '../command-context.ts';
import type { VerifyCommandOptions } from './options.ts';

/** @throws InvalidArgumentError */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.username)
    throw new InvalidArgumentError('It must be http:// or https:// with a host, and without a path.');
  return url;
}

/** `api.example.com:192.0.2.1`, or an IPv6 address in brackets. @throws InvalidArgumentError */
export function parseResolve(text: string, earlier: ReadonlyMap<string, string> = new Map()) {
  const at = text.indexOf(':');
  const address = text.slice(at + 1).replace(/^\[|\]$/g, '');
  if (at < 1 || isIP(address) === 0)
    throw new InvalidArgumentError('It must be HOST:ADDRESS, for example api.example.com:192.0.2.1.');
  return new Map([...earlier, [text.slice(0, at).toLowerCase(), address]]);
}

const latency = duration('1ms', '1m');

function parseLatency(text: string): number {
  const parsed = latency.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It must be ${latency.description}.`);
  return parsed.data;
}

/** Adds `verify` to the program. */
export function addVerifyCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('verify')
    .argument('[url]', 'public URL of the deployment, for example https://api.example.com', parseUrl)
    .summary('verify a deployment from outside')
    .description(
      'Verifies a deployment from outside, with at most 40 requests and an account that is deleted again.',
    )
    .option('--read-only', 'create no account: leave out the checks that need one')
    .option('--cleanup', 'delete the accounts that killed runs have left, and check nothing')
    .option('--db', 'check the database of the configuration as well')
    .option('--redis', 'check the Redis of the configuration as well')
    .option('--k8s', 'check the objects in the cluster as well, with kubectl')
    .option('--namespace <name>', 'namespace of the objects', 'auth-system')
    .option('--name <name>', 'name of the installation', 'auth-service')
    .option('--context <name>', 'context of kubectl')
    .option('--ca <file>', 'trust the CA certificates of this file too')
    .option(
      '--resolve <host:address>',
      'connect to this address instead of that in the DNS (repeatable)',
      parseResolve,
    )
    .option('--insecure', 'accept any certificate; a man in the middle can then answer')
    .option('--expect-version <version>', 'fail if another version answers')
    .option('--expect-environment <name>', 'environment to expect (default: production)')
    .option('--expect-issuer <issuer>', 'fail if tokens name another issuer')
    .option('--origin <origin>', 'an origin of CORS_ALLOWED_ORIGINS that must be allowed')
    .option('--private-docs', 'fail if the API documentation is public')
    .option('--max-median <duration>', 'median latency above which there is a warning', parseLatency, 300)
    .option('--max-slowest <duration>', 'slowest answer above which there is a warning', parseLatency, 2_000)
    .option('--state-dir <folder>', 'folder that remembers accounts until they are deleted');
  addCheckOptions(command).action(async (url: URL | undefined, options: VerifyCommandOptions) => {
    if (!url && !options.list) command.error("error: missing required argument 'url'", { exitCode: 2 });
    const { runVerifyCommand } = await import('./run-verify-command.ts');
    await runVerifyCommand(context, url ?? new URL('http://localhost'), options);
  });
}
