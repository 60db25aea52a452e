import { type Command, Option } from 'commander';
import { algorithms } from '../../config/config.ts';
import { type CommandContext, withJson } from '../command-context.ts';
import { wholeNumber } from '../option-formats.ts';

/** Smaller keys are forbidden by RFC 7518. Larger ones take minutes to generate, without more security. */
const [minRsaBits, maxRsaBits] = [2048, 8192];

/** As in rotate.ts, which is imported only by its command. */
const rotationSteps = [
  'publish',
  'sign',
  'retire',
] as const satisfies readonly import('./rotate.ts').RotationStep[];

const kidHelp = 'id of the key, as `keys list` shows it';

const withGenerateOptions = (command: Command): Command =>
  withJson(command)
    .addOption(
      new Option('--algorithm <name>', 'JWT_ALGORITHM of the key').choices(algorithms).default('RS256'),
    )
    .option('--bits <n>', 'size of an RSA key in bits', wholeNumber(minRsaBits, maxRsaBits), 2048)
    .option('--out <folder>', 'folder for the files, which must not contain a key yet', 'keys');

async function generate({ report }: CommandContext, options: Parameters<typeof report>[0] & GenerateOptions) {
  const { generateKeys } = await import('./generate.ts');
  const variables = await generateKeys(options);
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  report(options, { variables }, lines);
}

type GenerateOptions = Parameters<typeof import('./generate.ts').generateKeys>[0];

function addRevocations(keys: Command, { open, report }: CommandContext): void {
  /** Lines appear while the command works. With --json the document follows at the end. */
  const writer = (json?: boolean) => (line: string) => {
    if (!json) report({}, {}, [line]);
  };
  withJson(keys.command('list'))
    .summary('show all known signing keys and their state')
    .description(
      'Shows every signing key that this configuration names, that any replica has loaded, or that is revoked, with its state.',
    )
    .action(async (options) => {
      const { config, log } = await open('keys');
      const { listKeys, withKeys } = await import('./revoked-keys.ts');
      const listed = await withKeys(config, log, writer(options.json), listKeys);
      if (options.json) report(options, { keys: listed }, []);
    });
  withJson(keys.command('revoke <kid>'))
    // A kid may begin with a hyphen.
    .allowUnknownOption()
    .summary('refuse every token of a key that has leaked')
    .description(
      'Revokes a signing key that has leaked: every replica refuses its tokens within ten seconds. Give the command the configuration of the service, so that it knows which key signs.',
    )
    .option('--end-sessions', 'end every session and void every reset token as well', false)
    .option('--force', 'revoke also the key that signs, and a key that no replica has ever loaded', false)
    .action(async (kid, { endSessions: endsSessions, force: isForced, json }) => {
      const { config, log } = await open('keys');
      const { revokeKey, withKeys } = await import('./revoked-keys.ts');
      const result = await withKeys(config, log, writer(json), (parts) =>
        revokeKey(parts, kid, { endsSessions, isForced }),
      );
      if (json) report({ json }, result, []);
    });
  withJson(keys.command('unrevoke <kid>'))
    .allowUnknownOption()
    .summary('take back the revocation of a key')
    .description('Takes back the revocation of a signing key that was revoked by mistake.')
    .action(async (kid, { json }) => {
      const { config, log } = await open('keys');
      const { unrevokeKey, withKeys } = await import('./revoked-keys.ts');
      await withKeys(config, log, writer(json), (parts) => unrevokeKey(parts, kid));
      if (json) report({ json }, { kid, is_revoked: false }, []);
    });
  for (const command of keys.commands)
    for (const argument of command.registeredArguments) argument.description ||= kidHelp;
}

function addRotate(keys: Command, { open, report }: CommandContext): void {
  withJson(keys.command('rotate'))
    .summary('do the next step of a rotation: publish, sign or retire')
    .description(
      'Does one step of a rotation in the files that the configuration of the service names: publish writes a new pair and publishes its public key, sign replaces the pair that signs seven minutes later at the earliest, and retire deletes the old key when its tokens have expired. No step refuses a valid token.',
    )
    .addOption(
      new Option('--step <name>', 'only this step, which must be the next one').choices(rotationSteps),
    )
    .option('--force', 'do the step before its time, after which valid tokens may be refused', false)
    .action(async ({ force: isForced, step, ...options }) => {
      const { config, log } = await open('keys');
      const { rotateKeys } = await import('./rotate.ts');
      const { withStore } = await import('../../open-stores.ts');
      const { findRecordedKeys } = await import('../../jobs/record-signing-keys.ts');
      const { lines, result } = await withStore(config, log, (store) => {
        const firstSeen = async (kid: string) => (await findRecordedKeys(store)).get(kid);
        return rotateKeys({ config, isForced, firstSeen }, step);
      });
      report(options, result, lines);
    });
}

export function addKeysCommand(program: Command, context: CommandContext): void {
  const keys = withGenerateOptions(program.command('keys'))
    .summary('generate, list, rotate and revoke signing keys')
    .description('Generates, lists, rotates and revokes signing keys.')
    .addHelpText(
      'after',
      `
Without a command \`keys\` means \`keys generate\`.

Examples:
  auth-service keys generate --algorithm EdDSA --out keys
  auth-service keys list
  auth-service keys rotate
  auth-service keys revoke KID --end-sessions`,
    )
    .action(async (options) => {
      process.stderr.write('`keys` without a command means `keys generate`: write that instead\n');
      await generate(context, options);
    });
  withGenerateOptions(keys.command('generate'))
    .summary('generate a signing key pair, or a secret for HS256')
    .description(
      'Generates a signing key pair, or a secret for HS256, and shows the variables that use it. It overwrites nothing and shows no secret.',
    )
    .action((options) => generate(context, options));
  addRotate(keys, context);
  addRevocations(keys, context);
}
