import type { Template } from './template.ts';

/** What is wrong, and with what: a logical id, or a logical id and the name of a container. */
export type Finding = readonly [subject: string, message: string];

/** One check of the whole template that the toolkit of AWS and cdk-nag do not make. */
export interface Rule {
  readonly id: string;
  check(template: Template): Iterable<Finding>;
}
