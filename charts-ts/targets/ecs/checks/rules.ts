import type { Rule } from './rule.ts';
import { containerRules } from './rules/containers.ts';
import { networkRules } from './rules/network.ts';
import { storeRules } from './rules/stores.ts';
import { taskRules } from './rules/tasks.ts';
import type { Template } from './template.ts';

/** Bytes of a template that `aws cloudformation deploy` sends without a bucket. */
const largestTemplate = 51_200;

const templateSize: Rule = {
  id: 'template-size',
  *check({ text }) {
    const bytes = Buffer.byteLength(text);
    if (bytes > largestTemplate)
      yield [
        'template',
        `has ${bytes} bytes, and CloudFormation accepts ${largestTemplate} without a bucket`,
      ];
  },
};

export const rules: readonly Rule[] = [
  templateSize,
  ...containerRules,
  ...taskRules,
  ...networkRules,
  ...storeRules,
];

/** What the rules of this project find, as `file: subject: message [rule]`. */
export function* ruleFindings(template: Template): Iterable<string> {
  for (const { check, id } of rules)
    for (const [subject, message] of check(template))
      yield `${template.file}: ${subject}: ${message} [${id}]`;
}
