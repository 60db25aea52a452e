import type { AlertCases } from './situations/alert-case.ts';
import { attacks } from './situations/attacks.ts';
import { availability } from './situations/availability.ts';
import { budgets } from './situations/budgets.ts';
import { dependencies } from './situations/dependencies.ts';

/** For each alert, situations in which it fires, and similar situations in which it stays silent. */
export const situations: AlertCases = { ...availability, ...budgets, ...attacks, ...dependencies };
