import type { Installation } from './installation.ts';

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

/** Five minutes of the rules are ten seconds, which are five scrapes. */
export const defaultFactor = 30;

/** One installation, and its drills in their order. Courses run at the same time. */
export interface Course {
  /** The end of the namespace of the installation. */
  readonly name: string;
  /** What each duration of the rules is divided by. @default 30, so that an hour is two minutes */
  readonly factor?: number;
  /**
   * Seconds of ordinary logins before the first drill, for alerts that compare with what was usual. The logins go on until a
   * drill stops them. @default 0, without logins
   */
  readonly history?: number;
  /** Processes of the service. @default 1 */
  readonly pods?: number;
  /** Runs each process below the supervisor, as the image does. */
  readonly isSupervised?: boolean;
  /** Further variables of the service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags `--set` of the charts. */
  readonly sets?: readonly string[];
  readonly drills: readonly Drill[];
}
