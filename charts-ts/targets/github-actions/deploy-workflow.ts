import { manifestSteps, verifySteps } from '../pipeline/build.ts';
import type { Deployment } from '../pipeline/deployment.ts';
import { folders } from '../pipeline/step.ts';
import { expression } from './expression.ts';
import { checkout, download, loginOf, runner, runSteps, setupNode, upload } from './steps.ts';
import type { Job, Workflow, WorkflowStep } from './workflow.ts';

/** The environment of GitHub that has the variables and the reviewers of a target. */
export const environmentOf = (target: string): string => `production-${target}`;

const inputs = {
  digest: { description: 'sha256:… of the image', required: true, type: 'string' },
  revision: { description: 'The commit that the image was built from', required: true, type: 'string' },
} as const;

const given = { DIGEST: expression('inputs.digest'), REVISION: expression('inputs.revision') };

/** The commit of the image, so that an earlier digest gets the manifests and the values of its own time. */
const sameCommit = { ref: expression('inputs.revision') };

/** Draws the files without any right in the cloud, because this job runs the packages of npm. */
const manifests = ({ target }: Deployment): Job => ({
  name: 'Draw the manifests',
  'runs-on': runner,
  'timeout-minutes': 10,
  permissions: { contents: 'read' },
  env: given,
  steps: [
    checkout(sameCommit),
    setupNode,
    ...runSteps(manifestSteps(target)),
    upload(`${folders.release}-${target}`, folders.release),
  ],
});

/** What deploy and verify need: the commit itself, or the files of the job before. */
const source = ({ buildsFromGit, target }: Deployment): WorkflowStep[] =>
  buildsFromGit
    ? [
        checkout({ ...sameCommit, 'fetch-depth': 0 }),
        {
          name: 'Prepare the check',
          run: `git config --global --add safe.directory "$PWD"\nmkdir -p ${folders.release}\ncp tools/deploy/*.sh package.json ${folders.release}/\n`,
        },
      ]
    : [download(`${folders.release}-${target}`, folders.release)];

/** The action that logs in gets the others itself. */
const isUsed = ({ deploy: steps, finish = [], rollback }: Deployment, name: string): boolean =>
  [...steps, ...finish, ...rollback, ...verifySteps].some(({ run }) => run.join('\n').includes(`$${name}`));

const deploy = (deployment: Deployment): Job => {
  const { buildsFromGit, image, login, target, variables } = deployment;
  const { permissions, steps } = loginOf(login);
  const named = Object.fromEntries(
    variables.filter((name) => isUsed(deployment, name)).map((name) => [name, expression(`vars.${name}`)]),
  );
  return {
    name: 'Deploy, verify, roll back on failure',
    ...(!buildsFromGit && { needs: ['manifests'] }),
    'runs-on': runner,
    'timeout-minutes': 60,
    permissions: { ...(buildsFromGit && { contents: 'read' as const }), ...permissions },
    container: { image },
    // The environment has the reviewers who must approve, and the variables of this target.
    environment: { name: environmentOf(target), url: expression('vars.SERVICE_URL') },
    concurrency: { group: `production-${target}`, 'cancel-in-progress': false },
    env: {
      ...given,
      ...named,
      ...(login === 'token' && { HEROKU_API_KEY: expression('secrets.HEROKU_API_KEY') }),
    },
    steps: [
      ...source(deployment),
      ...steps,
      ...runSteps(deployment.deploy),
      ...runSteps(verifySteps),
      // The job fails in any case.
      ...runSteps(deployment.rollback, 'failure()'),
      // After the rollback, which a failure here must not start.
      ...runSteps(deployment.finish ?? []),
    ],
  };
};

/** One target: by the release workflow, or by hand with an earlier digest. */
export function deployWorkflow(deployment: Deployment): Workflow {
  const { buildsFromGit, target } = deployment;
  return {
    name: `Deploy to ${target}`,
    on: { workflow_call: { inputs }, workflow_dispatch: { inputs } },
    permissions: {},
    defaults: { run: { shell: 'bash' } },
    jobs: {
      ...(!buildsFromGit && { manifests: manifests(deployment) }),
      deploy: deploy(deployment),
    },
  };
}
