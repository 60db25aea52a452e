import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { deployments } from '../../charts-ts/targets/pipeline/deployments.ts';
import type { Step } from '../../charts-ts/targets/pipeline/step.ts';
import { type Block, blocksOf } from './support/page.ts';
import { commandsOf, type Recorded, recordCommands } from './support/recorded-commands.ts';
import { need } from './support/tools.ts';

const page = 'docs/deploy/pipelines.md';
const programs = [
  'aws',
  'az',
  'bash',
  'curl',
  'gcloud',
  'git',
  'heroku',
  'kubectl',
  'kubelogin',
  'node',
  'npm',
];

/** The variables of a job, each with its name as its value, and the files that the job before has written. */
const job = (names: readonly string[]): Block => ({
  heading: 'job',
  text: [
    ...names.map((name) => `${name}=${name.toLowerCase().replaceAll('_', '-')}`),
    'REVISION=0123456789abcdef0123456789abcdef01234567',
    'HEROKU_API_KEY=token',
    'mkdir -p release/manifests',
    `echo '    image: \${AUTH_SERVICE_IMAGE:-auth-service:1.0.0}' > release/manifests/docker-compose.prod.yml`,
  ].join('\n'),
});

const blockOf = ({ name, run }: Step): Block => ({ heading: name, text: run.join('\n') });

/** The commands of all deployments and rollbacks, and those of the page. */
function record(): Recorded[] {
  const steps = deployments.flatMap(({ deploy, finish = [], rollback, variables }) =>
    recordCommands([job(variables), ...[...deploy, ...finish, ...rollback].map(blockOf)], {
      answer: 'succeeded',
      programs,
    }),
  );
  const blocks = blocksOf(page).filter(({ text }) => !text.startsWith('tools/'));
  return [...steps, ...recordCommands([job(['AZURE_CLIENT_ID']), ...blocks], { answer: 'x', programs })];
}

describe('The commands of the pipelines', function () {
  this.timeout(300_000);
  let folder: string;
  let commands: Recorded[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipeline-commands-'));
    for (const name of ['release/manifests', 'previous', 'deploy-out'])
      mkdirSync(join(folder, name), { recursive: true });
    for (const target of ['azure-container-instances', 'cloud-run', 'ecs'])
      cpSync(`deploy-out/${target}`, join(folder, 'release/manifests'), { recursive: true });
    cpSync('deploy-out/github-actions', join(folder, 'deploy-out/github-actions'), { recursive: true });
    cpSync('k8s-out/eks/31-deployment.yaml', join(folder, 'previous/deployment-auth-service.yaml'));
    cpSync('deploy-out/ecs/auth-service.template.json', join(folder, 'previous/template.json'));
    writeFileSync(join(folder, 'commands.json'), '{"commands":["true"]}');
    commands = record();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What a command line says without a cloud. */
  function tryOut({ args, program }: Recorded, env: Record<string, string>): string {
    const { PATH = '' } = process.env;
    const { stderr, stdout } = spawnSync(program, args, {
      cwd: folder,
      env: { PATH, HOME: folder, ...env },
      encoding: 'utf8',
    });
    return stdout + stderr;
  }

  /** Each command must reach the point at which it needs the cloud, and a misspelled one must not. */
  function expectParsed(program: string, env: Record<string, string>, needsCloud: RegExp): void {
    const own = commandsOf(commands, program);
    expect(own).to.have.length.above(0);
    for (const command of own) expect(tryOut(command, env), command.args.join(' ')).to.match(needsCloud);
    const [first] = own;
    const misspelled = { program, args: [...(first?.args ?? []), '--misspelled-option', 'x'] };
    expect(tryOut(misspelled, env)).to.not.match(needsCloud);
  }

  it('are accepted by the command line of AWS', function () {
    need(this, 'aws', 'the PyPI package awscli');
    const env = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'a',
      AWS_DEFAULT_REGION: 'ap-northeast-2',
      AWS_MAX_ATTEMPTS: '1',
    };
    expectParsed('aws', env, /Could not connect to the endpoint URL/);
  });

  it('are accepted by kubectl', function () {
    need(this, 'kubectl', 'the package kubectl of pkgs.k8s.io');
    expectParsed('kubectl', { KUBECONFIG: join(folder, 'none') }, /refused/);
  });

  it('are accepted by gcloud', function () {
    need(this, 'gcloud', 'the package google-cloud-cli of Google');
    const env = { CLOUDSDK_CONFIG: folder, CLOUDSDK_CORE_DISABLE_PROMPTS: '1', CLOUDSDK_CORE_PROJECT: 'p' };
    expectParsed(
      'gcloud',
      env,
      /You do not currently have an active account|does not have any valid credentials/,
    );
  });

  it('are accepted by az', function () {
    const az = realpathSync(need(this, 'az', 'the PyPI package azure-cli'));
    // The first line of the program names the Python that has its modules.
    const [, python = 'python3'] = /^#!(\S+)/.exec(readFileSync(az, 'utf8')) ?? [];
    const lines = commandsOf(commands, 'az').map(({ args }) => JSON.stringify(args));
    const { stdout } = spawnSync(python, [resolve('test/deployments/support/parse-az.py')], {
      cwd: folder,
      input: `${lines.join('\n')}\n`,
      env: { ...process.env, AZURE_CONFIG_DIR: folder, AZURE_CORE_COLLECT_TELEMETRY: '0' },
      encoding: 'utf8',
    });
    expect(stdout.trim().split('\n')).to.deep.equal(lines.map(() => 'ok'));
  });

  it('name files that synth writes', () => {
    const written = new Set([
      ...['azure-container-instances', 'cloud-run', 'ecs'].flatMap((target) =>
        readdirSync(`deploy-out/${target}`),
      ),
      ...readdirSync('deploy-out/github-actions/trust'),
    ]);
    const named = commands
      .flatMap(({ args }) => args)
      .flatMap((arg) => /(?:release\/manifests|trust)\/([\w.-]+\.(?:json|yaml))$/.exec(arg)?.[1] ?? []);
    expect(named).to.include.members([
      'auth-service.template.json',
      'service.yaml',
      'template.json',
      'ecs.json',
    ]);
    expect(named.filter((name) => !written.has(name))).to.deep.equal([]);
  });

  it('draw both pipelines', () => {
    const synth = commandsOf(commands, 'npm', 'run', 'synth');
    expect(synth.map(({ args }) => args.slice(2))).to.deep.equal([
      ['--', '--target', 'github-actions'],
      ['--', '--target', 'gitlab-ci'],
    ]);
  });
});
