import type { FolderContent } from '../../output/output-folder.ts';
import { trustFiles } from '../pipeline/trust.ts';
import { chosen, type PipelineValues, pipelineFaults, pipelineSchema } from '../pipeline/values.ts';
import { pipelineYaml } from '../pipeline/yaml.ts';
import type { Target } from '../target.ts';
import { buildJobs } from './build-jobs.ts';
import { deployJobs } from './deploy-jobs.ts';
import type { GitlabPipeline } from './pipeline.ts';
import { pipelineFindings } from './rules.ts';

const name = 'gitlab-ci';
const file = '.gitlab-ci.yml';

function pipeline(values: PipelineValues): GitlabPipeline {
  const { branch } = values.pipeline;
  return {
    // One pipeline for a change: that of its merge request, or of its branch.
    workflow: {
      rules: [
        { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' },
        { if: '$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS', when: 'never' },
        { if: '$CI_COMMIT_BRANCH' },
      ],
    },
    stages: ['check', 'build', 'scan', 'tag', 'manifests', 'deploy', 'verify', 'rollback', 'finish'],
    default: { interruptible: true },
    jobs: new Map([
      ...buildJobs(branch),
      ...chosen(values).flatMap((deployment) => deployJobs(deployment, branch)),
    ]),
  };
}

function files(values: PipelineValues): FolderContent {
  const { jobs, ...global } = pipeline(values);
  const { branch, repository } = values.pipeline;
  const identity = {
    issuer: 'gitlab.com',
    subject: `project_path:${repository}:ref_type:branch:ref:${branch}`,
  };
  return new Map([
    [file, pipelineYaml(name, { ...global, ...Object.fromEntries(jobs) })],
    ...trustFiles(chosen(values), () => identity),
  ]);
}

/** GitLab CI: the same jobs as in GitHub Actions, in one pipeline. */
export const gitlabCi: Target<PipelineValues> = {
  name,
  schema: pipelineSchema,
  rootFiles: [file],
  faults: pipelineFaults,
  files,
  containers: () => [],
  findings: (content) => pipelineFindings(file, content.get(file) ?? ''),
};
