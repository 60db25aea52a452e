import { existsSync, readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { nextStopSignal } from './commands/stop-signal.ts';
import { algorithms, ConfigError, parseConfig } from './config/config.ts';
import { AppError } from './errors.ts';

/** EX_CONFIG of sysexits.h. */
const configExit = 78;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const version = String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);

async function openCommand() {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = parseConfig(process.env);
  const { openLog } = await import('./commands/terminal-log.ts');
  return { config, log: await openLog(config) };
}

const program = new Command('auth-service').version(version).description('Authentication service');

program
  .command('serve', { isDefault: true })
  .description('serve the API until SIGTERM (the default)')
  .action(async () => {
    const stopSignal = nextStopSignal();
    const { config, log } = await openCommand();
    // ASVS 16.5.4: whatever nobody caught ends the process, since its state is unknown, but as a line of the log.
    process.once('uncaughtException', (error) => {
      log.fatal({ event: 'crashed', err: error }, 'ended by an error that nobody caught');
      process.exit(1);
    });
    const { serveCommand } = await import('./commands/serve.ts');
    await serveCommand(config, log, version, stopSignal);
    // A socket to a server that does not answer any more must not keep the process.
    process.exit(0);
  });

program
  .command('migrate')
  .description('apply the migrations that the database lacks')
  .action(async () => {
    const { config, log } = await openCommand();
    const { migrateCommand } = await import('./commands/migrate.ts');
    await migrateCommand(config, log);
  });

program
  .command('purge')
  .description('drop old login history and remove expired sessions')
  .option('--keep-months <n>', 'months of login history to keep', Number, 13)
  .action(async ({ keepMonths }) => {
    const { config, log } = await openCommand();
    const { purgeCommand } = await import('./commands/purge.ts');
    await purgeCommand(config, log, { keepMonths });
  });

program
  .command('keys')
  .description('write a signing key pair, or an HS256 secret')
  .addOption(new Option('--algorithm <name>').choices(algorithms).default('RS256'))
  .option('--bits <n>', 'size of an RSA key', Number, 2048)
  .option('--out <folder>', 'where to', 'keys')
  .action(async (options) => {
    const { keysCommand } = await import('./commands/keys.ts');
    await keysCommand(options, say);
  });

const admin = program.command('admin').description('administrators');
admin
  .command('create')
  .description('create an administrator; the password is asked for, or read from standard input')
  .requiredOption('--email <email>')
  .requiredOption('--username <name>')
  .action(async ({ email, username }) => {
    const { config, log } = await openCommand();
    const { readPassword } = await import('./commands/password-prompt.ts');
    const { createAdmin } = await import('./commands/admin.ts');
    const id = await createAdmin(config, log, { email, username, password: await readPassword() });
    say(`created administrator ${id}`);
  });
admin
  .command('grant')
  .description('make an existing user an administrator')
  .requiredOption('--email <email>')
  .action(async ({ email }) => {
    const { config, log } = await openCommand();
    const { grantAdmin } = await import('./commands/admin.ts');
    say(`granted the role to ${await grantAdmin(config, log, email)}`);
  });

program
  .command('health')
  .description('exit 0 when the service on this machine answers (for container health checks)')
  .action(async () => {
    const { healthCommand } = await import('./commands/health.ts');
    if (existsSync('.env')) process.loadEnvFile('.env');
    const { HOST, PORT } = process.env;
    const isAny = !HOST || HOST === '0.0.0.0' || HOST === '::';
    await healthCommand(Number(PORT) || 8000, isAny ? undefined : HOST);
  });

/** What went wrong, without a stack: its reader is an operator. */
function describe(error: unknown): string {
  if (error instanceof AppError) {
    const fields = error.fields?.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
    return [error.code, fields ?? error.detail, error.cause instanceof Error ? error.cause.message : '']
      .filter(Boolean)
      .join(': ');
  }
  return error instanceof Error ? error.message : String(error);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = error instanceof ConfigError ? configExit : 1;
  // Whatever a command had opened must not keep a failed one alive.
  process.exit();
}
