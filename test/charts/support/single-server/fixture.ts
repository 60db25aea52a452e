/** A mistake in one of the files, and the finding that it must cause, written by hand. */
export interface Fixture {
  readonly title: string;
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly finding: string;
  /** What is in the line that the finding calls LINE. */
  readonly at?: string;
}
