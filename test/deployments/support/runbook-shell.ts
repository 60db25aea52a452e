import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findKubectl } from '../../charts/support/helm.ts';
import type { RunningService } from '../../runbooks/running-service.ts';
import { compiledApp } from '../../support/compiled-app.ts';

/** How far the stand-in for kubectl ran a command line. */
export interface Call {
  readonly state: 'ran' | 'parsed' | 'refused';
  readonly commandLine: string;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
}

/** A terminal with the names that the pages ask the reader to set. */
export interface RunbookShell {
  run(script: string, input?: string): Outcome;
  close(): void;
}

/** What `npm run` needs of a checkout. */
const checkout = ['app', 'migrations', 'node_modules', 'package.json', 'tsconfig.json'];

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function callsIn(record: string): Call[] {
  return readFileSync(record, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [state = '', commandLine = ''] = line.split('\t');
      // reason: the stand-in writes one of these words.
      return { state: state as Call['state'], commandLine };
    });
}

/**
 * A terminal in which `kubectl` is the stand-in: the programs of the pod and the stores are real, and what needs a cluster
 * is parsed by the real kubectl.
 * @throws Error if there is no kubectl for this machine
 */
export function openStandInShell(service: RunningService, log: string): RunbookShell {
  const kubectl = findKubectl();
  if (!kubectl) throw new Error('there is no kubectl for this machine');
  const folder = mkdtempSync(join(tmpdir(), 'runbook-shell-'));
  const at = (name: string): string => join(folder, name);
  for (const name of checkout) symlinkSync(resolve(name), at(name));
  mkdirSync(at('bin'));
  symlinkSync(resolve('test/deployments/support/runbook-kubectl.sh'), at('bin/kubectl'));
  writeFileSync(at('service.log'), log);
  const variables = Object.entries(service.env).map(([name, value]) => `${name}=${quoted(value)}\n`);
  writeFileSync(at('service.env'), variables.join(''));
  const env = {
    ...{ PATH: `${at('bin')}:${process.env.PATH}`, HOME: folder, PAGER: 'cat' },
    ...{ URL: service.url, POD: 'auth-service-7c9d8b6f5-x2k4q', NODE: 'node-1', KID: service.retiredKid },
    ...{ RUNBOOK_KUBECTL: kubectl, RUNBOOK_NODE: process.execPath, RUNBOOK_APP: join(compiledApp(), 'dist') },
    ...{ RUNBOOK_LOG: at('service.log'), RUNBOOK_ENV: at('service.env'), RUNBOOK_RECORD: at('record') },
    RUNBOOK_DATABASE_URL: service.roles.serviceUrl(),
  };
  return {
    run(script, input = '') {
      writeFileSync(at('record'), '');
      const options = { cwd: folder, env, input, encoding: 'utf8' } as const;
      const { stderr, stdout } = spawnSync('bash', ['--norc', '-c', script], options);
      return { stdout, stderr, calls: callsIn(at('record')) };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A terminal in which `kubectl` is the real one, with the cluster of KUBECONFIG. @param names what the pages ask the reader to set */
export function openClusterShell(names: Readonly<Record<string, string>>): RunbookShell {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-shell-'));
  for (const name of checkout) symlinkSync(resolve(name), join(folder, name));
  const { HOME, KUBECONFIG, PATH } = process.env;
  return {
    run(script, input = '') {
      const options = {
        cwd: folder,
        env: { HOME, KUBECONFIG, PATH, ...names },
        input,
        encoding: 'utf8',
      } as const;
      const { stderr, stdout } = spawnSync('bash', ['--norc', '-c', script], options);
      return { stdout, stderr, calls: [] };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
