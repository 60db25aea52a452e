import type { Target } from '../target.ts';
import { serviceContainers } from './checks/containers.ts';
import { nagFindings } from './checks/nag.ts';
import { ruleFindings } from './checks/rules.ts';
import { templatesIn } from './checks/template.ts';
import { toolkitFindings } from './checks/toolkit.ts';
import { faultsOf } from './faults.ts';
import { templatesOf } from './template.ts';
import { type EcsValues, ecsSchema } from './values.ts';

/** ECS on Fargate, as two templates of CloudFormation: the service, and its backups. */
export const ecs: Target<EcsValues> = {
  name: 'ecs',
  schema: ecsSchema,
  rootFiles: [],
  faults: faultsOf,
  files: templatesOf,
  containers: (files) => templatesIn(files).flatMap(serviceContainers),
  *findings(files) {
    for (const template of templatesIn(files)) {
      yield* ruleFindings(template);
      yield* nagFindings(template);
    }
  },
  slowFindings: (files) => templatesIn(files).flatMap((template) => [...toolkitFindings(template)]),
};
