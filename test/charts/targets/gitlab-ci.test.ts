import { expect } from 'chai';
import { parse } from 'yaml';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import type { Target } from '../../../charts-ts/targets/target.ts';
import { findingsAfter, type Mistake } from './support/broken-files.ts';
import { draw } from './support/drawn.ts';

const file = '.gitlab-ci.yml';

/** Text that is replaced, what replaces it, and the finding without the name of the file. */
const mistakes: Record<string, readonly [string, string, string]> = {
  'an image without a version': [
    'name: docker:28.3.3-cli',
    'name: docker:latest',
    'job build uses the image docker:latest, which names no version [unpinned-image]',
  ],
  'a service without a version': [
    'name: docker:28.3.3-dind',
    'name: docker:dind',
    'job build uses the image docker:dind, which names no version [unpinned-image]',
  ],
  'the image of the runner': [
    'check:\n  stage: check\n  image:\n    name: node:24.21.0-bookworm\n',
    'check:\n  stage: check\n',
    'job check has no image, so that the runner chooses one [unpinned-image]',
  ],
  'no timeout': ['  timeout: 90m\n', '', 'job check has no timeout [timeout]'],
  'a stored key of a cloud': [
    'REVISION: $CI_COMMIT_SHA\n  needs:\n    - build\n    - tag\n    - manifests:ecs',
    'AWS_SECRET_ACCESS_KEY: $KEY\n  needs:\n    - build\n    - tag\n    - manifests:ecs',
    'job deploy:ecs has the stored key AWS_SECRET_ACCESS_KEY: log in with id_tokens [stored-key]',
  ],
  'a cloud without an identity token': [
    '  id_tokens:\n    IDENTITY_TOKEN:\n      aud: sts.amazonaws.com\n  resource_group: production/ecs\n',
    '  resource_group: production/ecs\n',
    'job deploy:ecs talks to a cloud without id_tokens [identity]',
  ],
  'a token for everybody': [
    'aud: sts.amazonaws.com\n  resource_group: production/ecs',
    'aud: "*"\n  resource_group: production/ecs',
    'job deploy:ecs has the token IDENTITY_TOKEN without an audience [identity]',
  ],
  'a deployment without an environment': [
    '  environment:\n    name: production/ecs\n    url: $SERVICE_URL\n  script',
    '  script',
    'job deploy:ecs has no environment [environment]',
  ],
  'two deployments at once': [
    '  resource_group: production/ecs\n',
    '',
    'job deploy:ecs has no resource_group, so that two deployments can run at once [concurrency]',
  ],
  'a deployment that is cut off': [
    'resource_group: production/ecs\n  interruptible: false',
    'resource_group: production/ecs\n  interruptible: true',
    'job deploy:ecs can be interrupted in the middle of a deployment [concurrency]',
  ],
  'a deployment that nobody starts': [
    'ecs(,|$)/\n      when: manual',
    'ecs(,|$)/',
    'job deploy:ecs must have when: manual in each of its rules [approval]',
  ],
  'a rollback after success': [
    'ecs(,|$)/\n      when: on_failure',
    'ecs(,|$)/',
    'job rollback:ecs must have when: on_failure in each of its rules [rollback]',
  ],
  'a program from the network': [
    '- .ci/run',
    '- curl -fsSL https://example.com/install.sh | bash',
    'job check runs what it downloads, without knowing its hash [unverified-download]',
  ],
  'a key that GitLab no longer develops': [
    'check:\n  stage: check\n',
    'check:\n  only: [main]\n  stage: check\n',
    'job check has only, which GitLab no longer develops: use rules [deprecated]',
  ],
  'a job with the name of a key': [
    '\nbuild:\n',
    '\nimage:\n',
    'image is a key of GitLab, and no job can have its name [reserved-name]',
  ],
  'every job twice in a merge request': [
    'workflow:\n',
    'variables:\n',
    'has no workflow, so that a merge request runs every job twice [workflow]',
  ],
  'a file that is no YAML': [
    'stages:\n  - check',
    'stages: [\n  - check',
    'Block collections are not allowed within flow collections at line 11, column 3: [pipeline]',
  ],
};

describe('target gitlab-ci', () => {
  let target: Target;
  let files: FolderContent;
  before(async () => {
    ({ files, target } = await draw('gitlab-ci'));
  });

  it('has no finding in its own pipeline', async () => {
    expect([...(await target.findings(files))]).to.deep.equal([]);
  });

  for (const [what, [text, replacement, finding]] of Object.entries(mistakes))
    it(`refuses ${what}`, async () => {
      const mistake: Mistake = [file, text, replacement, `${file}: ${finding}`];
      expect(await findingsAfter(target, files, mistake)).to.include(`${file}: ${finding}`);
    });

  it('rolls back after a failed deployment and after a failed check of it', () => {
    const jobs = parse(files.get(file) ?? '');
    const rollbacks = Object.entries<{ needs: string[] }>(jobs).filter(([name]) =>
      name.startsWith('rollback:'),
    );
    expect(rollbacks).to.have.length.above(0);
    for (const [name, { needs }] of rollbacks) {
      const place = name.replace('rollback:', '');
      expect(needs, name).to.include.members([`deploy:${place}`, `verify:${place}`]);
      expect(jobs[`deploy:${place}`].artifacts).to.deep.include({ paths: ['previous'], when: 'always' });
    }
  });
});
