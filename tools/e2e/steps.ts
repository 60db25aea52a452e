import type { Step } from './run.ts';
import { badConfiguration } from './steps/bad-configuration.ts';
import { drain } from './steps/drain.ts';
import { install } from './steps/install.ts';
import { migrations, purge } from './steps/jobs.ts';
import { podDelete, processKill } from './steps/kill.ts';
import { manifests } from './steps/manifests.ts';
import { networkPolicies } from './steps/network-policies.ts';
import { readBack } from './steps/read-back.ts';
import { restart, rollout } from './steps/rollout.ts';
import { sideBySide } from './steps/side-by-side.ts';
import { smoke } from './steps/smoke.ts';
import { twentyInstallations, twentyPods } from './steps/twenty.ts';

/** In the order in which `npm run e2e` runs them. Each step also runs alone. */
export const steps: readonly Step[] = [
  install,
  smoke,
  readBack,
  rollout,
  restart,
  badConfiguration,
  drain,
  podDelete,
  processKill,
  purge,
  migrations,
  sideBySide,
  networkPolicies,
  twentyInstallations,
  twentyPods,
  manifests,
];
