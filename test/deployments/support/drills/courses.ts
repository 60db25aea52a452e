import { attacks } from './courses/attacks.ts';
import { days } from './courses/days.ts';
import { kubernetes, migrationJob, resources } from './courses/kubernetes.ts';
import { load } from './courses/load.ts';
import { pods } from './courses/pods.ts';
import { postgres, tickets } from './courses/stores.ts';
import { weeks } from './courses/weeks.ts';
import type { Course } from './drill.ts';

/** Every alert of the charts fires in one of them. Those that take the longest are started first. */
export const courses: readonly Course[] = [
  weeks,
  days,
  postgres,
  attacks,
  pods,
  load,
  tickets,
  kubernetes,
  resources,
  migrationJob,
];
