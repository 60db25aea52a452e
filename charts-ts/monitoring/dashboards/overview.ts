import type { Values } from '../../values/schema.ts';
import { degraded } from './dependencies.ts';
import type { DashboardDefinition } from './panel.ts';
import { pods } from './pods.ts';
import { saturation } from './saturation.ts';
import { serviceLevelObjectives } from './service-level-objectives.ts';
import { serviceStatus } from './service-status.ts';
import { traffic } from './traffic.ts';

/** Are users affected, are the service level objectives met, and what saturates next? */
export function overview(values: Values): DashboardDefinition {
  return {
    title: 'Auth service / Overview',
    description:
      'The first row says whether users are affected. Red: somebody is paged, or an objective is missed.',
    sections: [
      { title: 'Are users affected?', panels: serviceStatus(values) },
      { title: 'Traffic, errors and latency', panels: traffic(values) },
      { title: 'Pods and dependencies', panels: [...pods(values), degraded(values)] },
      { title: 'Saturation', panels: saturation(values) },
      { title: 'Service level objectives', panels: serviceLevelObjectives(values) },
    ],
  };
}
