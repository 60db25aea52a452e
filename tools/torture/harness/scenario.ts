import type { Cleanup } from './cleanup.ts';
import type { Report } from './report.ts';

/** The parameters of a run of a scenario. */
export interface ScenarioContext {
  readonly report: Report;
  /** Scratch folder, removed at the end. */
  readonly folder: string;
  readonly cleanup: Cleanup;
  /** A short trial run. Its figures prove nothing. */
  readonly quick: boolean;
  /** The length of a load from the command line, or null. */
  readonly seconds: number | null;
}

export interface Scenario {
  readonly name: string;
  readonly claim: string;
  run(context: ScenarioContext): Promise<void>;
}
