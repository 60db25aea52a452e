import type { Installation } from './installation.ts';
import type { InstallationSettings } from './installation-settings.ts';

/** Ends the cause. Resolves when the cause is over, not when the alert is silent. */
export type EndCause = () => Promise<void> | void;

/** One cause, made on a running installation, and the alerts that it must raise. */
export interface Drill {
  /** Completes `made by …`. */
  readonly cause: string;
  readonly alerts: readonly string[];
  /**
   * The cause must not page anybody: no alert of severity `critical` fires during the drill. Those about latency do not count,
   * because a busy machine makes every login slow.
   */
  readonly withoutPage?: boolean;
  /** Alerts that must not fire during the drill. */
  readonly without?: readonly string[];
  /**
   * Makes the cause, and resolves when it is made.
   * @param started called when the cause begins, if something has to be prepared before. The times count from then.
   */
  begin(installation: Installation, started: () => void): Promise<EndCause>;
}

/** One installation, and its drills in their order. Courses run at the same time. */
export interface Course extends InstallationSettings {
  readonly drills: readonly Drill[];
}
