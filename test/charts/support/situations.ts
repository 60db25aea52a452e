import type { AlertCases } from './situations/alert-case.ts';
import { attacks } from './situations/attacks.ts';
import { budgets } from './situations/budgets.ts';
import { dependencies } from './situations/dependencies.ts';
import { kubernetes } from './situations/kubernetes.ts';
import { loginSituations } from './situations/logins.ts';
import { maintenance } from './situations/maintenance.ts';
import { processes } from './situations/processes.ts';
import { scrapes } from './situations/scrapes.ts';

/** For each alert, situations in which it fires, and similar situations in which it stays silent. */
export const situations: AlertCases = {
  ...scrapes,
  ...kubernetes,
  ...dependencies,
  ...processes,
  ...loginSituations,
  ...budgets,
  ...attacks,
  ...maintenance,
};
