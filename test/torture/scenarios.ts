import type { Scenario } from './bench/world.ts';
import { flood } from './scenarios/flood.ts';

/** In the order in which `npm run torture` runs them. */
export const scenarios: readonly Scenario[] = [flood];
