import type { CloudName } from '../../../charts-ts/values/schema.ts';
import type { Loose } from '../support/synthesized.ts';

/** A cluster, or a wish of its operator, that differs from what the defaults expect. */
export interface UnusualCluster {
  /** What is unusual about it, in the words of its operator. */
  readonly title: string;
  /** A values file, as the operator writes it. */
  readonly values: string;
  /** Default: every cloud. */
  readonly clouds?: readonly CloudName[];
  /**
   * What the output contains, by `Kind/name`. A map must contain these keys, and a list must have exactly these items. A map
   * in place of a list has some of its items by index, where -1 is the last one.
   * null stands for a key, or an object, that must be absent.
   */
  readonly output?: Readonly<Record<string, Loose>>;
  /** Instead of `output`: the lines with which synth refuses the values, without the name of the cloud before a file. */
  readonly refused?: readonly string[];
}
