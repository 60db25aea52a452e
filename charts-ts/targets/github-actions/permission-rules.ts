import type { ReadJob } from './read.ts';

/** Actions that need an identity token. */
const tokenActions =
  /^(aws-actions\/configure-aws-credentials|google-github-actions\/auth|azure\/login|actions\/attest-)/;

/** The rights that a job may have, and what it must do to need them. */
const reasons: Readonly<Record<string, (job: ReadJob) => boolean>> = {
  'contents: read': (job) => job.uses !== undefined || uses(job, /^actions\/checkout@/),
  'id-token: write': (job) => job.uses !== undefined || uses(job, tokenActions),
  'attestations: write': (job) => uses(job, /^actions\/attest-/),
  'packages: read': (job) => job.steps.some(({ run }) => run?.includes('trivy image')),
  'packages: write': (job) => job.steps.some(({ run }) => run?.includes('docker login')),
};

function uses({ steps }: ReadJob, pattern: RegExp): boolean {
  return steps.some((step) => step.uses !== undefined && pattern.test(step.uses));
}

/** Rights of a job that are missing, or that nothing in it needs. */
export function* jobPermissionFindings(job: ReadJob): Iterable<string> {
  const { permissions } = job;
  if (typeof permissions !== 'object' || permissions === null) {
    yield permissions === undefined
      ? 'has no permissions [permissions]'
      : `has the permissions ${permissions}: name each right [permissions]`;
    return;
  }
  for (const [right, access] of Object.entries(permissions)) {
    const isNeeded = reasons[`${right}: ${access}`];
    if (!isNeeded)
      yield `has the right ${right}: ${access}, which no job of this project needs [permissions]`;
    else if (!isNeeded(job))
      yield `has the right ${right}: ${access}, which none of its steps needs [permissions]`;
  }
}
