import { expect } from 'chai';
import { parse } from 'yaml';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import type { Target } from '../../../charts-ts/targets/target.ts';
import { findingsAfter, type Mistake } from './support/broken-files.ts';
import { draw } from './support/drawn.ts';

const check = '.github/workflows/check.yml';
const release = '.github/workflows/release.yml';
const ecs = '.github/workflows/deploy-ecs.yml';
const heroku = '.github/workflows/deploy-heroku.yml';
const checkout = 'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd';

const mistakes: Record<string, Mistake> = {
  'an action by its tag': [
    check,
    checkout,
    'actions/checkout@v6',
    `${check}: job check step "Check out" uses actions/checkout@v6, which is not pinned to a commit [unpinned-action]`,
  ],
  'an action that nobody has checked': [
    check,
    checkout,
    `actions/checkout@${'0'.repeat(40)}`,
    `${check}: job check step "Check out" uses actions/checkout@${'0'.repeat(40)}, which is not in actions.ts: check its source, and add it with its version [unknown-action]`,
  ],
  'a token that stays in the checkout': [
    check,
    'persist-credentials: false',
    'persist-credentials: true',
    `${check}: job check step "Check out" checks out without persist-credentials: false, so that later steps can read the token [persisted-token]`,
  ],
  'a title of a stranger in commands': [
    check,
    '.ci/run',
    'echo "${' + '{ github.event.pull_request.title }}"',
    `${check}: job check step "Check" has an expression in its commands, which can contain commands of a stranger: pass it by env [expression-in-run]`,
  ],
  'the event that gives strangers the secrets': [
    check,
    'pull_request:',
    'pull_request_target:',
    `${check}: on pull_request_target: it runs with the secrets of the repository for the code of a stranger [dangerous-event]`,
  ],
  'rights for every job': [
    check,
    'permissions: {}',
    'permissions:\n  contents: write',
    `${check}: permissions must be {}, so that each job says its own [permissions]`,
  ],
  'a job without rights of its own': [
    check,
    '    permissions:\n      contents: read\n',
    '',
    `${check}: job check has no permissions [permissions]`,
  ],
  'all rights at once': [
    check,
    'permissions:\n      contents: read',
    'permissions: write-all',
    `${check}: job check has the permissions write-all: name each right [permissions]`,
  ],
  'a right that no job needs': [
    release,
    'packages: write',
    'deployments: write',
    `${release}: job image has the right deployments: write, which no job of this project needs [permissions]`,
  ],
  'a right that nothing in the job needs': [
    check,
    '      contents: read\n',
    '      contents: read\n      id-token: write\n',
    `${check}: job check has the right id-token: write, which none of its steps needs [permissions]`,
  ],
  'no timeout': [
    check,
    '    timeout-minutes: 90\n',
    '',
    `${check}: job check has no timeout-minutes: GitHub would wait for six hours [timeout]`,
  ],
  'a timeout of hours': [
    check,
    'timeout-minutes: 90',
    'timeout-minutes: 360',
    `${check}: job check may take 360 minutes, more than 120 [timeout]`,
  ],
  'a runner that changes': [
    check,
    'ubuntu-24.04',
    'ubuntu-latest',
    `${check}: job check runs on ubuntu-latest, which changes without a commit: name a release [moving-runner]`,
  ],
  'an image without a version': [
    check,
    'image: node:24.21.0-bookworm',
    'image: node:latest',
    `${check}: job check runs in node:latest, which names no version [unpinned-image]`,
  ],
  'a shell that overlooks errors in pipes': [
    check,
    'shell: bash',
    'shell: sh',
    `${check}: defaults.run.shell must be bash: the default does not fail if a command of a pipe fails [shell]`,
  ],
  'a stored key of a cloud': [
    ecs,
    'ECS_STACK: ${' + '{ vars.ECS_STACK }}',
    'AWS_SECRET_ACCESS_KEY: ${' + '{ secrets.AWS_SECRET_ACCESS_KEY }}',
    `${ecs}: job deploy has the stored key AWS_SECRET_ACCESS_KEY: log in with an identity token [stored-key]`,
  ],
  'a secret of an unknown purpose': [
    heroku,
    'secrets.HEROKU_API_KEY',
    'secrets.ADMIN_TOKEN',
    `${heroku}: job deploy reads the secret ADMIN_TOKEN: only HEROKU_API_KEY and GITHUB_TOKEN may be read [stored-key]`,
  ],
  'secrets for a called workflow': [
    release,
    '    uses: ./.github/workflows/deploy-ecs.yml\n',
    '    uses: ./.github/workflows/deploy-ecs.yml\n    secrets: inherit\n',
    `${release}: job deploy-ecs passes secrets on: the jobs of the called workflow read their own [inherited-secrets]`,
  ],
  'a deployment that nobody approves': [
    ecs,
    '    environment:\n      name: production-ecs\n      url: ${' + '{ vars.SERVICE_URL }}\n',
    '',
    `${ecs}: job deploy has no environment, so that nobody approves the deployment [environment]`,
  ],
  'a deployment that is cut off': [
    ecs,
    'cancel-in-progress: false',
    'cancel-in-progress: true',
    `${ecs}: job deploy can be cancelled in the middle of a deployment: set cancel-in-progress: false [concurrency]`,
  ],
  'no way back': [
    ecs,
    'if: failure()',
    'if: cancelled()',
    `${ecs}: job deploy has no step with if: failure(), which rolls back [rollback]`,
  ],
  'a file that is no YAML': [
    check,
    'permissions: {}',
    'permissions: {',
    `${check}: Flow map in block collection must be sufficiently indented and end with a } at line 9, column 1: [workflow]`,
  ],
};

describe('target github-actions', () => {
  let target: Target;
  let files: FolderContent;
  before(async () => {
    ({ files, target } = await draw('github-actions'));
  });
  const workflows = () => [...files].filter(([file]) => file.endsWith('.yml'));
  const workflow = (name: string) => parse(files.get(name) ?? '');

  it('has no finding in its own workflows', async () => {
    expect([...(await target.findings(files))]).to.deep.equal([]);
  });

  for (const [what, mistake] of Object.entries(mistakes))
    it(`refuses ${what}`, async () => {
      const [, , , finding] = mistake;
      expect(await findingsAfter(target, files, mistake)).to.include(finding);
    });

  it('checks a change by the script that every other CI runs', () => {
    const { jobs, on } = workflow(check);
    expect(Object.keys(on)).to.have.members(['pull_request', 'workflow_call', 'workflow_dispatch']);
    expect(jobs.check.steps.at(-1)).to.deep.equal({ name: 'Check', run: '.ci/run\n' });
  });

  it('writes the version of each action beside its commit', () => {
    for (const [file, text] of workflows())
      for (const line of text.split('\n').filter((one) => /uses: [^.]/.test(one)))
        expect(line, file).to.match(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('deploys only the image that has been scanned and tagged', () => {
    const { jobs } = workflow(release);
    expect(jobs.image.needs).to.deep.equal(['check', 'sbom']);
    expect(jobs.scan.needs).to.deep.equal(['image']);
    expect(jobs.tag.needs).to.deep.equal(['image', 'scan']);
    const deploys = Object.entries(jobs).filter(([id]) => id.startsWith('deploy-'));
    expect(deploys).to.have.length.above(0);
    for (const [id, job] of deploys) expect(job, id).to.have.deep.property('needs', ['image', 'tag']);
  });

  it('lets AWS and Azure trust the job of the environment alone', () => {
    const subject = 'repo:your-org/auth-service:environment:production-';
    const [statement] = JSON.parse(files.get('trust/ecs.json') ?? '').Statement;
    expect(statement.Condition).to.deep.equal({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': `${subject}ecs`,
      },
    });
    expect(JSON.parse(files.get('trust/aks.json') ?? '')).to.include({ subject: `${subject}aks` });
    expect(workflow(ecs).jobs.deploy.environment.name).to.equal('production-ecs');
  });

  it('runs the packages of npm in no job that can deploy', () => {
    for (const [file, text] of workflows())
      for (const [id, job] of Object.entries<{ permissions: object; steps?: { run?: string }[] }>(
        parse(text).jobs,
      )) {
        const installs = (job.steps ?? []).some(({ run }) => run?.includes('npm ci'));
        if (installs) expect(job.permissions, `${file} ${id}`).to.deep.equal({ contents: 'read' });
      }
  });
});
