import type { DoctorSources } from '../../../../app/commands/doctor/doctor-context.ts';
import type { createProduction } from './production.ts';

/** What differs from a good configuration of production. */
export type Change = Partial<DoctorSources> & { readonly set?: Record<string, string | undefined> };
export type Production = ReturnType<typeof createProduction>;

export interface Condition {
  readonly title: string;
  /** Creates the condition. */
  readonly make: (production: Production) => Change;
  readonly problems: readonly string[];
}

export const set = (variables: Record<string, string | undefined>): Change => ({ set: variables });
