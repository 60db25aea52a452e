import { existsSync, readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { nextStopSignal } from './commands/stop-signal.ts';
import { algorithms, type CommandName, ConfigError, parseConfig } from './config/config.ts';
import { AppError } from './errors.ts';

/** EX_CONFIG of sysexits.h. */
const configExit = 78;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const version = String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);

async function openCommand(command: CommandName) {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = parseConfig(process.env, undefined, undefined, command);
  const { openLog } = await import('./commands/terminal-log.ts');
  const log = await openLog(config);
  for (const fault of config.warnings)
    log.warn({ event: 'unused_variable_faulty' }, `${fault} (${command} does not read this variable)`);
  return { config, log };
}

const program = new Command('auth-service')
  .version(version)
  .description('Authentication service')
  // The options of a command belong to that command only: a kid may look like one of the options here.
  .enablePositionalOptions();

program
  .command('serve', { isDefault: true })
  .description('serve the API until SIGTERM or SIGINT (the default command)')
  .action(async () => {
    const stopSignal = nextStopSignal();
    const { config, log } = await openCommand('serve');
    // ASVS 16.5.4: an uncaught error ends the process, because its state is unknown, and is logged first.
    process.once('uncaughtException', (error) => {
      log.fatal({ event: 'crashed', err: error }, 'the process ends because of an uncaught error');
      process.exit(1);
    });
    const { serveCommand } = await import('./commands/serve.ts');
    await serveCommand(config, log, version, stopSignal);
    // A socket to a server that does not answer must not keep the process running.
    process.exit(0);
  });

program
  .command('migrate')
  .description('apply the missing migrations to the database')
  .action(async () => {
    const { config, log } = await openCommand('migrate');
    const { migrateCommand } = await import('./commands/migrate.ts');
    await migrateCommand(config, log);
  });

program
  .command('purge')
  .description('delete old login history and audit log, expired sessions and expired reset tokens')
  .option('--keep-months <n>', 'months of login history to keep before the current one', Number, 13)
  .option('--keep-audit-months <n>', 'months of the audit log to keep before the current one', Number, 24)
  .action(async ({ keepMonths, keepAuditMonths }) => {
    const { config, log } = await openCommand('purge');
    const { purgeCommand } = await import('./commands/purge.ts');
    await purgeCommand(config, log, { loginHistory: keepMonths, auditLog: keepAuditMonths });
  });

const keys = program
  .command('keys')
  .description('generate a signing key pair, or a secret for HS256')
  .addOption(new Option('--algorithm <name>').choices(algorithms).default('RS256'))
  .option('--bits <n>', 'size of an RSA key in bits', Number, 2048)
  .option('--out <folder>', 'folder for the files', 'keys')
  .action(async (options) => {
    const { keysCommand } = await import('./commands/keys.ts');
    await keysCommand(options, print);
  });
keys
  .command('list')
  .description('show the ids (kid) of all known signing keys and their state')
  .action(async () => {
    const { config, log } = await openCommand('keys');
    const { listKeys, withKeys } = await import('./commands/revoked-keys.ts');
    await withKeys(config, log, print, listKeys);
  });
keys
  .command('revoke <kid>')
  // A kid may begin with a hyphen.
  .allowUnknownOption()
  .description('refuse every token of a signing key on all replicas, for a key that has leaked')
  .option('--end-sessions', 'end every session and void every reset token as well', false)
  .option('--force', 'revoke also the key that signs, and a key that no replica has ever loaded', false)
  .action(async (kid, { endSessions: endsSessions, force: isForced }) => {
    const { config, log } = await openCommand('keys');
    const { revokeKey, withKeys } = await import('./commands/revoked-keys.ts');
    await withKeys(config, log, print, (parts) => revokeKey(parts, kid, { endsSessions, isForced }));
  });
keys
  .command('unrevoke <kid>')
  .allowUnknownOption()
  .description('take back the revocation of a signing key')
  .action(async (kid) => {
    const { config, log } = await openCommand('keys');
    const { unrevokeKey, withKeys } = await import('./commands/revoked-keys.ts');
    await withKeys(config, log, print, (parts) => unrevokeKey(parts, kid));
  });

const admin = program.command('admin').description('manage administrators');
admin
  .command('create')
  .description('create an administrator; the command asks for the password or reads it from standard input')
  .requiredOption('--email <email>')
  .requiredOption('--username <name>')
  .action(async ({ email, username }) => {
    const { config, log } = await openCommand('admin');
    const { readPassword } = await import('./commands/password-prompt.ts');
    const { createAdmin } = await import('./commands/admin.ts');
    const id = await createAdmin(config, log, { email, username, password: await readPassword() });
    print(`created administrator ${id}`);
  });
admin
  .command('grant')
  .description('make an existing user an administrator')
  .requiredOption('--email <email>')
  .action(async ({ email }) => {
    const { config, log } = await openCommand('admin');
    const { grantAdmin } = await import('./commands/admin.ts');
    print(`user ${await grantAdmin(config, log, email)} is an administrator now`);
  });

program
  .command('health')
  .description('exit with 0 if the service on this machine is live (a health check for containers)')
  .action(async () => {
    const { healthCommand, healthTarget } = await import('./commands/health.ts');
    if (existsSync('.env')) process.loadEnvFile('.env');
    await healthCommand(healthTarget(process.env), process.env.HOST);
  });

/** The error as an operator reads it, without a stack. */
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
  // Open connections must not keep a failed command running.
  process.exit();
}
