import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { scannerVersions } from '../../../charts-ts/gate/scanner-findings.ts';
import type { Loose } from '../../charts/support/synthesized.ts';
import { need } from './tools.ts';

const cache = join(homedir(), '.cache', 'auth-service', 'scanners');

function skip(context: Mocha.Context, reason: string): never {
  process.stdout.write(`skipped, because ${reason}\n`);
  return context.skip();
}

/** Runs a command that installs a program into the cache, and skips the suite if it fails. */
function install(context: Mocha.Context, program: string, command: string, args: string[], env = {}): string {
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const { status } = spawnSync(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  if (status !== 0 || !existsSync(program)) return skip(context, `${command} ${args.join(' ')} failed`);
  return program;
}

/** Reports the ids of the checks that fail for files of manifests, each once. */
export type Scanner = (folder: string, files: readonly string[]) => string[];

/** kube-score with its optional checks. */
export function createKubeScore(context: Mocha.Context): Scanner {
  const version = scannerVersions['kube-score'];
  const folder = join(cache, `kube-score-${version}`);
  need(context, 'go', 'https://go.dev/dl');
  const source = `github.com/zegl/kube-score/cmd/kube-score@v${version}`;
  const program = install(context, join(folder, 'kube-score'), 'go', ['install', source], { GOBIN: folder });
  const lines = execFileSync(program, ['list'], { encoding: 'utf8' }).trim().split('\n');
  const optional = lines.map((line) => line.split(',')).filter((parts) => parts.at(-1) === 'optional');
  const flags = optional.flatMap(([id = '']) => ['--enable-optional-test', id]);
  return (_folder, files) => {
    const { stdout } = spawnSync(program, ['score', '--output-format', 'json', ...flags, ...files], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const objects: Loose[] = JSON.parse(stdout);
    const checks = objects.flatMap((object) => object.checks ?? []);
    return [...new Set<string>(checks.filter(isBroken).map(({ check }: Loose) => check.id))].sort();
  };
}

/** A grade below 10 is a finding. */
const isBroken = ({ grade, skipped }: Loose): boolean => !skipped && grade < 10;

/** Checkov with its checks of Kubernetes. */
export function createCheckov(context: Mocha.Context): Scanner {
  const folder = join(cache, `checkov-${scannerVersions.Checkov}`);
  const python = need(context, 'python3', 'the Debian package python3-venv');
  install(context, join(folder, 'bin', 'pip'), python, ['-m', 'venv', folder]);
  const program = install(context, join(folder, 'bin', 'checkov'), join(folder, 'bin', 'pip'), [
    ...['install', '--quiet', '--disable-pip-version-check'],
    `checkov==${scannerVersions.Checkov}`,
  ]);
  return (manifests) => {
    const { stdout } = spawnSync(
      program,
      [
        ...['--directory', manifests, '--framework', 'kubernetes'],
        ...['--output', 'json', '--compact', '--quiet', '--skip-download'],
      ],
      { encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    const { results, summary } = JSON.parse(stdout);
    if (summary.parsing_errors > 0 || summary.resource_count < 10)
      throw new Error(`Checkov has not read the manifests: ${JSON.stringify(summary)}`);
    const failed: Loose[] = results.failed_checks;
    return [...new Set<string>(failed.map(({ check_id }: Loose) => check_id))].sort();
  };
}
