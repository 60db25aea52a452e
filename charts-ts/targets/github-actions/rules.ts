import { isPinnedImage, storedKeyIn } from '../pipeline/stored-keys.ts';
import { versions } from './actions.ts';
import { jobPermissionFindings } from './permission-rules.ts';
import { type ReadJob, type ReadStep, type ReadWorkflow, readWorkflow } from './read.ts';

/** The one secret that a job may read: Heroku knows no identity of a pipeline. */
const allowedSecrets: ReadonlySet<string> = new Set(['HEROKU_API_KEY', 'GITHUB_TOKEN']);

/** Events whose workflow has the secrets of the repository and the code of a stranger. */
const dangerousEvents = ['pull_request_target', 'workflow_run'];

/** The longest a job may take. GitHub's own limit is six hours. */
const maxMinutes = 120;

function* actionFindings(uses: string): Iterable<string> {
  if (uses.startsWith('./')) return;
  if (!/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses)) {
    yield `uses ${uses}, which is not pinned to a commit [unpinned-action]`;
  } else if (!versions.has(uses)) {
    yield `uses ${uses}, which is not in actions.ts: check its source, and add it with its version [unknown-action]`;
  }
}

function* secretFindings(where: string): Iterable<string> {
  const key = storedKeyIn(where);
  if (key) yield `has the stored key ${key}: log in with an identity token [stored-key]`;
  for (const [, name = ''] of where.matchAll(/\bsecrets\.(\w+)/g))
    if (!allowedSecrets.has(name) && name !== key)
      yield `reads the secret ${name}: only ${[...allowedSecrets].join(' and ')} may be read [stored-key]`;
}

function* stepFindings(step: ReadStep): Iterable<string> {
  if (step.uses) yield* actionFindings(step.uses);
  if (step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== 'false')
    yield 'checks out without persist-credentials: false, so that later steps can read the token [persisted-token]';
  if (step.run?.includes('${{'))
    yield 'has an expression in its commands, which can contain commands of a stranger: pass it by env [expression-in-run]';
  yield* secretFindings(JSON.stringify({ ...step, name: undefined }));
}

const stepName = ({ name }: ReadStep, index: number): string => name ?? `number ${index + 1}`;

function* imageFindings({ container }: ReadJob): Iterable<string> {
  if (container && !isPinnedImage(container.image))
    yield `runs in ${container.image}, which names no version [unpinned-image]`;
}

function* runnerFindings(job: ReadJob): Iterable<string> {
  if (job.uses) return;
  const minutes = job['timeout-minutes'];
  if (minutes === undefined) yield 'has no timeout-minutes: GitHub would wait for six hours [timeout]';
  else if (minutes > maxMinutes) yield `may take ${minutes} minutes, more than ${maxMinutes} [timeout]`;
  if (/-latest\b/.test(JSON.stringify(job['runs-on'])))
    yield `runs on ${job['runs-on']}, which changes without a commit: name a release [moving-runner]`;
}

function* deployFindings(id: string, job: ReadJob): Iterable<string> {
  if (job.secrets !== undefined)
    yield 'passes secrets on: the jobs of the called workflow read their own [inherited-secrets]';
  if (job.uses || id !== 'deploy') return;
  if (!job.environment) yield 'has no environment, so that nobody approves the deployment [environment]';
  const { concurrency } = job;
  if (typeof concurrency !== 'object' || concurrency === null || !('cancel-in-progress' in concurrency))
    yield 'has no concurrency with cancel-in-progress, so that two deployments can run at once [concurrency]';
  else if (concurrency['cancel-in-progress'] !== false)
    yield 'can be cancelled in the middle of a deployment: set cancel-in-progress: false [concurrency]';
  if (!job.steps.some((step) => 'if' in step && String(step.if).includes('failure()')))
    yield 'has no step with if: failure(), which rolls back [rollback]';
}

function* jobFindings(id: string, job: ReadJob): Iterable<string> {
  yield* runnerFindings(job);
  yield* imageFindings(job);
  yield* jobPermissionFindings(job);
  yield* deployFindings(id, job);
  if (job.uses) yield* actionFindings(job.uses);
  yield* secretFindings(JSON.stringify(job.env ?? {}));
  for (const [index, step] of job.steps.entries())
    for (const finding of stepFindings(step)) yield `step "${stepName(step, index)}" ${finding}`;
}

function* workflowLines(workflow: ReadWorkflow): Iterable<string> {
  for (const event of dangerousEvents)
    if (workflow.on.includes(event))
      yield `on ${event}: it runs with the secrets of the repository for the code of a stranger [dangerous-event]`;
  const { permissions } = workflow;
  if (typeof permissions !== 'object' || permissions === null || Object.keys(permissions).length > 0)
    yield 'permissions must be {}, so that each job says its own [permissions]';
  if (workflow.defaults?.run?.shell !== 'bash')
    yield 'defaults.run.shell must be bash: the default does not fail if a command of a pipe fails [shell]';
  for (const [id, job] of Object.entries(workflow.jobs))
    for (const finding of jobFindings(id, job)) yield `job ${id} ${finding}`;
}

/** What is wrong with a workflow that GitHub accepts. */
export function workflowFindings(file: string, content: string): string[] {
  const { fault, workflow } = readWorkflow(content);
  if (!workflow) return [`${file}: ${fault} [workflow]`];
  return [...workflowLines(workflow)].map((line) => `${file}: ${line}`);
}
