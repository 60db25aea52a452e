import type { z } from 'zod';
import { schemaMessage } from '../values/schema-messages.ts';

/** `['a', 0, 'b']` → `a[0].b`. */
export function pathText(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

function linesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: is not a known field`);
  return [
    `${pathText(issue.path) || 'the file'}: ${issue.input === undefined ? 'is required' : issue.message}`,
  ];
}

/** What a schema refuses in an object of a file, as `file: path: message [schema]`. */
export function schemaFindings(file: string, schema: z.ZodType, object: unknown): string[] {
  const result = schema.safeParse(object, { error: schemaMessage, reportInput: true });
  return result.success
    ? []
    : result.error.issues.flatMap(linesOf).map((line) => `${file}: ${line} [schema]`);
}
