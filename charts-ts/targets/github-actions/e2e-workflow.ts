import { clusterSteps } from '../pipeline/cluster.ts';
import { expression } from './expression.ts';
import { checkout, runner, runSteps, setupNode, upload } from './steps.ts';
import type { Workflow } from './workflow.ts';

/** The steps in a real cluster take half an hour, so they run once a week and when somebody asks for them. */
export function e2eWorkflow(): Workflow {
  return {
    name: 'Real cluster',
    on: { schedule: [{ cron: '23 4 * * 1' }], workflow_dispatch: null },
    permissions: {},
    concurrency: { group: `e2e-${expression('github.ref')}`, 'cancel-in-progress': true },
    defaults: { run: { shell: 'bash' } },
    jobs: {
      e2e: {
        name: 'kind',
        'runs-on': runner,
        'timeout-minutes': 90,
        permissions: { contents: 'read' },
        steps: [checkout(), setupNode, ...runSteps(clusterSteps), upload('e2e', 'e2e.json')],
      },
    },
  };
}
