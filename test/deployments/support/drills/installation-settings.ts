/** Five minutes of the rules are ten seconds, which are five scrapes. */
export const defaultFactor = 30;

/** An installation of the service for drills. */
export interface InstallationSettings {
  /** The end of the namespace of the installation. */
  readonly name: string;
  /** What each duration of the rules is divided by. @default 30, so that an hour is two minutes */
  readonly factor?: number;
  /** Users log in all the time, until a drill stops them, and did so in the past that Prometheus has. @default false */
  readonly hasLogins?: boolean;
  /** Processes of the service. @default 1 */
  readonly pods?: number;
  /** Further variables of the service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags `--set` of the charts. */
  readonly sets?: readonly string[];
}
