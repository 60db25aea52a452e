import type { FolderContent } from '../../output/output-folder.ts';
import { deployments } from '../pipeline/deployments.ts';
import { type Identity, trustFiles } from '../pipeline/trust.ts';
import { chosen, type PipelineValues, pipelineFaults, pipelineSchema } from '../pipeline/values.ts';
import { pipelineYaml } from '../pipeline/yaml.ts';
import type { Target } from '../target.ts';
import { versions } from './actions.ts';
import { checkWorkflow } from './check-workflow.ts';
import { deployWorkflow, environmentOf } from './deploy-workflow.ts';
import { e2eWorkflow } from './e2e-workflow.ts';
import { releaseWorkflow } from './release-workflow.ts';
import { workflowFindings } from './rules.ts';
import type { Workflow } from './workflow.ts';

const name = 'github-actions';
const pathOf = (workflow: string): string => `.github/workflows/${workflow}.yml`;

function files(values: PipelineValues): FolderContent {
  const workflows: [string, Workflow][] = [
    ['check', checkWorkflow()],
    ['release', releaseWorkflow(values)],
    ['e2e', e2eWorkflow()],
    ...chosen(values).map((deployment): [string, Workflow] => [
      `deploy-${deployment.target}`,
      deployWorkflow(deployment),
    ]),
  ];
  const identityOf = (target: string): Identity => ({
    issuer: 'token.actions.githubusercontent.com',
    subject: `repo:${values.pipeline.repository}:environment:${environmentOf(target)}`,
  });
  const texts = workflows.map(([file, workflow]): [string, string] => [
    pathOf(file),
    pipelineYaml(name, workflow, versions),
  ]);
  return new Map([...texts, ...trustFiles(chosen(values), identityOf)]);
}

/** GitHub Actions: the checks of a change, the release of a commit, and the deployment to each target. */
export const githubActions: Target<PipelineValues> = {
  name,
  schema: pipelineSchema,
  rootFiles: ['check', 'release', 'e2e', ...deployments.map(({ target }) => `deploy-${target}`)].map(pathOf),
  faults: pipelineFaults,
  files,
  containers: () => [],
  findings: (content) =>
    [...content]
      .filter(([file]) => file.endsWith('.yml'))
      .flatMap(([file, text]) => workflowFindings(file, text)),
};
