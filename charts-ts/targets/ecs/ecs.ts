import type { Target } from '../target.ts';
import { serviceContainers } from './checks/containers.ts';
import { nagFindings } from './checks/nag.ts';
import { ruleFindings } from './checks/rules.ts';
import { templateIn } from './checks/template.ts';
import { toolkitFindings } from './checks/toolkit.ts';
import { templateFile } from './ecs-names.ts';
import { faultsOf } from './faults.ts';
import { templateOf } from './template.ts';
import { type EcsValues, ecsSchema } from './values.ts';

/** ECS on Fargate, as one template of CloudFormation. */
export const ecs: Target<EcsValues> = {
  name: 'ecs',
  schema: ecsSchema,
  rootFiles: [],
  faults: faultsOf,
  files: (values) => new Map([[templateFile, templateOf(values)]]),
  containers: (files) => serviceContainers(templateIn(files)),
  *findings(files) {
    const template = templateIn(files);
    yield* ruleFindings(template);
    yield* nagFindings(template);
  },
  slowFindings: (files) => toolkitFindings(templateIn(files)),
};
