import { manifestSteps, verifySteps } from '../pipeline/build.ts';
import type { Deployment, Login } from '../pipeline/deployment.ts';
import { images } from '../pipeline/images.ts';
import { folders, type Step } from '../pipeline/step.ts';
import { scriptOf } from './build-jobs.ts';
import { logins } from './logins.ts';
import type { GitlabJob, Rule } from './pipeline.ts';

/** DEPLOY_TARGETS is a list with commas, of which each target is one whole item. */
const chosen = (branch: string, target: string): string =>
  `$CI_COMMIT_BRANCH == "${branch}" && $DEPLOY_TARGETS =~ /(^|,)${target}(,|$)/`;

const artifactsOf = (...paths: string[]): GitlabJob['artifacts'] => ({
  paths,
  expire_in: '30 days',
  // A failed deployment must leave what its rollback needs.
  when: 'always',
});

const nameOf = (step: string, target: string): string => `${step}:${target}`;
const variables = { REVISION: '$CI_COMMIT_SHA' };

/** Draws the files without any right in the cloud, because this job runs the packages of npm. */
const manifests = ({ target }: Deployment, rules: readonly Rule[]): GitlabJob => ({
  stage: 'manifests',
  image: { name: images.node },
  variables,
  needs: ['build', 'tag'],
  rules,
  timeout: '10m',
  script: scriptOf(manifestSteps(target)),
  artifacts: artifactsOf(folders.release),
});

/** What a job in the cloud has in common with the others: one at a time, and none is cut off in the middle. */
const inCloud = ({
  image,
  login,
  target,
}: Deployment): Pick<GitlabJob, 'image' | 'id_tokens' | 'resource_group' | 'interruptible' | 'timeout'> => ({
  // Some of these images have the program itself as their entry point.
  image: { name: image, entrypoint: [''] },
  ...(logins[login].tokens && { id_tokens: logins[login].tokens }),
  resource_group: `production/${target}`,
  interruptible: false,
  timeout: '1h',
});

/** Where the platform builds from the commit, nobody has prepared the folder of the check. */
const prepared = ({ buildsFromGit }: Deployment): string[] =>
  buildsFromGit
    ? [`mkdir -p ${folders.release}`, `cp tools/deploy/*.sh package.json ${folders.release}/`]
    : [];

/** What differs from a rollback. */
const finish = (steps: readonly Step[], login: Login, rules: readonly Rule[]) => ({
  stage: 'finish',
  rules,
  script: [...logins[login].script, ...scriptOf(steps)],
});

/** The jobs of one target. They run one after the other, and the last one only after a failure of the two before it. */
export function deployJobs(deployment: Deployment, branch: string): [string, GitlabJob][] {
  const { buildsFromGit, login, target } = deployment;
  const rule = (when?: Rule['when']): Rule[] => [{ if: chosen(branch, target), ...(when && { when }) }];
  const environment = { name: `production/${target}`, url: '$SERVICE_URL' };
  const files = buildsFromGit ? [] : [nameOf('manifests', target)];
  const deploy: GitlabJob = {
    stage: 'deploy',
    ...inCloud(deployment),
    variables: { ...variables, ...(buildsFromGit && { GIT_DEPTH: '0' }) },
    needs: ['build', 'tag', ...files],
    // Somebody starts the deployment, who may do so in the protected environment.
    rules: rule('manual'),
    environment,
    script: [...logins[login].script, ...scriptOf(deployment.deploy)],
    artifacts: artifactsOf(folders.previous),
  };
  const verify: GitlabJob = {
    stage: 'verify',
    image: { name: images.node },
    needs: [nameOf('deploy', target), ...files],
    rules: rule(),
    timeout: '10m',
    environment: { ...environment, action: 'access' },
    script: [...prepared(deployment), ...scriptOf(verifySteps)],
  };
  const rollback: GitlabJob = {
    stage: 'rollback',
    ...inCloud(deployment),
    variables,
    needs: [nameOf('deploy', target), nameOf('verify', target), ...files],
    rules: rule('on_failure'),
    environment: { ...environment, action: 'access' },
    script: [...logins[login].script, ...scriptOf(deployment.rollback)],
  };
  const jobs = {
    ...(!buildsFromGit && { manifests: manifests(deployment, rule()) }),
    deploy,
    verify,
    rollback,
    ...(deployment.finish && { finish: { ...rollback, ...finish(deployment.finish, login, rule()) } }),
  };
  return Object.entries(jobs).map(([step, job]) => [nameOf(step, target), job]);
}
