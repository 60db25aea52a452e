import { checkSteps } from '../pipeline/build.ts';
import { images } from '../pipeline/images.ts';
import type { PipelineValues } from '../pipeline/values.ts';
import { checkout, runner, runSteps } from './steps.ts';
import type { Workflow } from './workflow.ts';

/** What CI runs for every change: `.ci/run`, as root in a container of Debian with Node.js. */
export function checkWorkflow({ pipeline: { branch } }: PipelineValues): Workflow {
  return {
    name: 'Check',
    // The branch that is deployed is checked by the workflow that deploys it.
    on: { pull_request: null, push: { 'branches-ignore': [branch] }, workflow_call: null },
    permissions: {},
    defaults: { run: { shell: 'bash' } },
    jobs: {
      check: {
        name: 'Check',
        'runs-on': runner,
        'timeout-minutes': 60,
        permissions: { contents: 'read' },
        container: { image: images.node },
        steps: [checkout(), ...runSteps(checkSteps)],
      },
    },
  };
}
