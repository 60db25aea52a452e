import type { CheckOptions } from '../checks/options.ts';

/** The options of the command line. */
export interface DoctorOptions extends CheckOptions {
  /** A file, or `-` for standard input. */
  readonly fromLogs?: string;
  /** Only what can be known before the first deployment. */
  readonly pre?: boolean;
  readonly replicas?: number;
  readonly publicUrl?: string;
}
