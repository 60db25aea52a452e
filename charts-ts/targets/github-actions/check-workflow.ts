import { checkSteps } from '../pipeline/build.ts';
import { images } from '../pipeline/images.ts';
import { expression } from './expression.ts';
import { checkout, runner, runSteps } from './steps.ts';
import type { Workflow } from './workflow.ts';

/** What CI runs for every change: `.ci/run`, as root in a container of Debian with Node.js. */
export function checkWorkflow(): Workflow {
  return {
    name: 'Check',
    on: { pull_request: null, workflow_call: null, workflow_dispatch: null },
    permissions: {},
    concurrency: {
      group: `check-${expression('github.ref')}`,
      // A new commit of a change replaces the check of the commit before. A release is checked to its end.
      'cancel-in-progress': expression("github.event_name == 'pull_request'"),
    },
    defaults: { run: { shell: 'bash' } },
    jobs: {
      check: {
        name: 'Check',
        'runs-on': runner,
        'timeout-minutes': 90,
        permissions: { contents: 'read' },
        container: { image: images.node },
        steps: [checkout(), ...runSteps(checkSteps)],
      },
    },
  };
}
