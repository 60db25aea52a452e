import type { CheckOptions } from '../checks/options.ts';

/** The options of the command line as commander names them. */
export interface VerifyCommandOptions extends CheckOptions {
  readonly readOnly?: boolean;
  readonly cleanup?: boolean;
  readonly db?: boolean;
  readonly redis?: boolean;
  readonly k8s?: boolean;
  readonly namespace: string;
  readonly name: string;
  readonly context?: string;
  readonly ca?: string;
  readonly resolve?: ReadonlyMap<string, string>;
  readonly insecure?: boolean;
  readonly expectVersion?: string;
  readonly expectEnvironment?: string;
  readonly expectIssuer?: string;
  readonly origin?: string;
  readonly privateDocs?: boolean;
  /** Milliseconds. */
  readonly maxMedian: number;
  readonly maxSlowest: number;
  readonly stateDir?: string;
}

/** What the command line of `verify` says, parsed. */
export interface VerifyOptions {
  readonly isReadOnly: boolean;
  /** Versions, environment and issuer that the operator expects; undefined if any will do. */
  readonly expectedVersion: string | undefined;
  readonly expectedEnvironment: string | undefined;
  readonly expectedIssuer: string | undefined;
  /** An origin of CORS_ALLOWED_ORIGINS. */
  readonly origin: string | undefined;
  /** Whether public API documentation is a failure and not a warning. */
  readonly demandsPrivateDocs: boolean;
  /** Milliseconds above which the latency is a warning. */
  readonly maxMedian: number;
  readonly maxSlowest: number;
}
