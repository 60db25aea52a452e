import { parseDocument } from 'yaml';
import { z } from 'zod';
import { isPinnedImage, storedKeyIn } from '../pipeline/stored-keys.ts';

const image = z.union([z.string().transform((name) => ({ name })), z.looseObject({ name: z.string() })]);
const rule = z.looseObject({ if: z.string().optional(), when: z.string().optional() });

/** A job that anybody may have changed, as far as the rules look at it. gitlab-ci-local checks the rest. */
const job = z.looseObject({
  image: image.optional(),
  services: z.array(image).optional(),
  stage: z.string().optional(),
  timeout: z.string().optional(),
  id_tokens: z.record(z.string(), z.looseObject({ aud: z.string().optional() })).optional(),
  environment: z.unknown().optional(),
  resource_group: z.string().optional(),
  interruptible: z.boolean().optional(),
  rules: z.array(rule).optional(),
  only: z.unknown().optional(),
  script: z.union([z.string().transform((line) => [line]), z.array(z.string())]).optional(),
});

type ReadJob = z.infer<typeof job>;

/** Keys of a pipeline that are no jobs. */
const globals = new Set(['workflow', 'stages', 'default', 'variables', 'include', 'spec']);

/** Further keys that GitLab does not read as jobs. */
const reserved = new Set([
  'image',
  'services',
  'cache',
  'before_script',
  'after_script',
  'true',
  'false',
  'nil',
]);

/** Commands that talk to a cloud, and so need an identity token. */
const cloudCommand = /^\s*(aws|gcloud|az) /m;

const textOf = ({ script = [] }: ReadJob): string => script.join('\n');

function* imageFindings({ image: main, services = [] }: ReadJob): Iterable<string> {
  if (!main) yield 'has no image, so that the runner chooses one [unpinned-image]';
  for (const { name } of [...(main ? [main] : []), ...services])
    if (!isPinnedImage(name)) yield `uses the image ${name}, which names no version [unpinned-image]`;
}

function* identityFindings(one: ReadJob): Iterable<string> {
  const key = storedKeyIn(JSON.stringify(one));
  if (key) yield `has the stored key ${key}: log in with id_tokens [stored-key]`;
  if (cloudCommand.test(textOf(one)) && !one.id_tokens) yield 'talks to a cloud without id_tokens [identity]';
  for (const [name, { aud }] of Object.entries(one.id_tokens ?? {}))
    if (!aud || aud === '*') yield `has the token ${name} without an audience [identity]`;
}

function* deployFindings(one: ReadJob): Iterable<string> {
  if (one.stage !== 'deploy' && one.stage !== 'rollback') return;
  if (!one.environment) yield 'has no environment [environment]';
  if (!one.resource_group)
    yield 'has no resource_group, so that two deployments can run at once [concurrency]';
  if (one.interruptible !== false) yield 'can be interrupted in the middle of a deployment [concurrency]';
  const expected = one.stage === 'deploy' ? 'manual' : 'on_failure';
  if (!one.rules?.every(({ when }) => when === expected))
    yield `must have when: ${expected} in each of its rules [${one.stage === 'deploy' ? 'approval' : 'rollback'}]`;
}

function* jobFindings(one: ReadJob): Iterable<string> {
  if (!one.timeout) yield 'has no timeout [timeout]';
  if (one.only !== undefined) yield 'has only, which GitLab no longer develops: use rules [deprecated]';
  if (/\bcurl\b[^|\n]*\|\s*(ba)?sh\b/.test(textOf(one)))
    yield 'runs what it downloads, without knowing its hash [unverified-download]';
  yield* imageFindings(one);
  yield* identityFindings(one);
  yield* deployFindings(one);
}

/** What is wrong with a pipeline that GitLab accepts. */
export function pipelineFindings(file: string, content: string): string[] {
  const document = parseDocument(content);
  const [error] = document.errors;
  if (error) return [`${file}: ${error.message.split('\n')[0]} [pipeline]`];
  const all = z.record(z.string(), z.unknown()).safeParse(document.toJS());
  if (!all.success) return [`${file}: must be a map [pipeline]`];
  const findings: string[] = [];
  if (!('workflow' in all.data))
    findings.push('has no workflow, so that a merge request runs every job twice [workflow]');
  for (const [name, value] of Object.entries(all.data).filter(([key]) => !globals.has(key))) {
    const result = job.safeParse(value);
    if (reserved.has(name))
      findings.push(`${name} is a key of GitLab, and no job can have its name [reserved-name]`);
    else if (!result.success) {
      const [issue] = result.error.issues;
      findings.push(`job ${name} ${issue?.path.join('.')} ${issue?.message} [pipeline]`);
    } else findings.push(...[...jobFindings(result.data)].map((line) => `job ${name} ${line}`));
  }
  return findings.map((line) => `${file}: ${line}`);
}
