import { z } from 'zod';
import { workload } from '../../values/schema-workload.ts';
import { deployments } from './deployments.ts';

const names = deployments.map(({ target }) => target);

/** The block of a pipeline in its values file. */
const pipeline = z.strictObject({
  /** The targets that the pipeline can deploy to. A variable of the pipeline chooses those that it does deploy to. */
  targets: z.array(z.enum(names)).min(1),
  /** The repository, or the path of the project in GitLab, whose jobs the clouds trust. */
  repository: z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/, 'must be owner/name'),
  /** The branch whose commits are deployed. */
  branch: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'must be the name of a branch'),
});

export const pipelineSchema = z.strictObject({ ...workload, pipeline });

export type PipelineValues = z.infer<typeof pipelineSchema>;

export function* pipelineFaults({ pipeline: { targets } }: PipelineValues): Iterable<string> {
  if (new Set(targets).size < targets.length) yield 'pipeline.targets: must not name a target twice';
}

/** The deployments that the values choose, in the order of the description. */
export const chosen = ({ pipeline: { targets } }: PipelineValues) =>
  deployments.filter(({ target }) => targets.includes(target));
