import { parseDocument } from 'yaml';
import { z } from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.record(z.string(), text);

/** A workflow that anybody may have changed, as far as the rules look at it. actionlint checks the rest. */
const workflow = z.looseObject({
  on: z.union([
    z.string().transform((name) => [name]),
    z.array(z.string()),
    z.record(z.string(), z.unknown()).transform((triggers) => Object.keys(triggers)),
  ]),
  permissions: z.unknown().optional(),
  defaults: z.looseObject({ run: z.looseObject({ shell: z.string().optional() }).optional() }).optional(),
  jobs: z.record(
    z.string(),
    z.looseObject({
      uses: z.string().optional(),
      secrets: z.unknown().optional(),
      'runs-on': z.unknown().optional(),
      'timeout-minutes': z.number().optional(),
      permissions: z.unknown().optional(),
      container: z
        .union([z.string().transform((image) => ({ image })), z.looseObject({ image: z.string() })])
        .optional(),
      environment: z.unknown().optional(),
      concurrency: z.unknown().optional(),
      env: texts.optional(),
      steps: z
        .array(
          z.looseObject({
            name: z.string().optional(),
            uses: z.string().optional(),
            with: texts.optional(),
            env: texts.optional(),
            run: z.string().optional(),
          }),
        )
        .default([]),
    }),
  ),
});

export type ReadWorkflow = z.infer<typeof workflow>;
export type ReadJob = ReadWorkflow['jobs'][string];
export type ReadStep = ReadJob['steps'][number];

/** Reads a workflow, or says why it cannot be read. */
export function readWorkflow(content: string): { readonly workflow?: ReadWorkflow; readonly fault?: string } {
  const document = parseDocument(content);
  const [error] = document.errors;
  if (error) return { fault: error.message.split('\n')[0] ?? 'is not YAML' };
  const result = workflow.safeParse(document.toJS());
  if (result.success) return { workflow: result.data };
  const [issue] = result.error.issues;
  return { fault: `${issue?.path.join('.')} ${issue?.message}` };
}
