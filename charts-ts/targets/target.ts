import type { z } from 'zod';
import type { FolderContent } from '../output/output-folder.ts';
import type { WorkloadValues } from '../values/schema-workload.ts';
import type { ServiceContainer } from '../workload/service-container.ts';

/** A place other than Kubernetes that the service is deployed to. Each is drawn from the values of the workload. */
export interface Target<V extends WorkloadValues = WorkloadValues> {
  readonly name: string;
  /** The values of the target: those of the workload, and a block of its own. */
  readonly schema: z.ZodType<V>;
  /** The files that belong into the root of the project, because the tool of the platform looks for them there. */
  readonly rootFiles: readonly string[];
  /** What the schema cannot find: values that contradict each other, as `path: message`. */
  faults(values: V): Iterable<string>;
  /** The files of the target by name. The same values always give the same bytes. */
  files(values: V): FolderContent | Promise<FolderContent>;
  /** Every process of the service in the finished files, read from their text and not from the values. */
  containers(files: FolderContent): Iterable<ServiceContainer>;
  /** What is wrong with the finished files, as `file: message [rule]`. It also accepts files that people have changed. */
  findings(files: FolderContent): Iterable<string> | Promise<Iterable<string>>;
  /** What further rules find that take seconds. Synth leaves them to `npm run validate -- DIR --target NAME`. */
  slowFindings?(files: FolderContent): Iterable<string>;
}
