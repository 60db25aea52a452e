import type { Tree } from '../../../charts-ts/values/merge.ts';
import type { CloudName } from '../../../charts-ts/values/schema.ts';

/** An example that needs more than its value. */
export interface Example {
  readonly value: unknown;
  /** Other values that this one needs. */
  readonly with?: Tree;
  /** Default: every cloud. */
  readonly clouds?: readonly CloudName[];
  /** A part of the line with which synth refuses the value, where the documentation says that it does. */
  readonly refused?: string;
}

/** Examples of some values, by their paths. Members of lists of options, true, false and null need no entry. */
export interface ExampleBlock {
  /** Values that every example of the block needs. */
  readonly with?: Tree;
  /** Values that need no others. */
  readonly plain: Readonly<Record<string, readonly unknown[]>>;
  /** They replace a plain or generated example with the same value. */
  readonly special?: Readonly<Record<string, readonly Example[]>>;
  /**
   * For paths at which synth refuses every plain or generated example: a part of the line
   * with which it does. null removes the value and is accepted.
   */
  readonly refused?: Readonly<Record<string, string>>;
}
