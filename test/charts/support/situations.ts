import { attacks } from './situations/attacks.ts';
import { availability } from './situations/availability.ts';
import { budgets } from './situations/budgets.ts';
import type { Claims } from './situations/claim.ts';
import { dependencies } from './situations/dependencies.ts';

/** For each alert situations that fire it and near ones that must not. */
export const situations: Claims = { ...availability, ...budgets, ...attacks, ...dependencies };
