/** The part of the syntax of workflows that the project uses. A typing error in a key does not compile. */
export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, Trigger | readonly Schedule[] | null>>;
  /** Every job says its own. */
  readonly permissions: Readonly<Record<string, never>>;
  readonly concurrency?: Concurrency;
  readonly defaults: { readonly run: { readonly shell: 'bash' } };
  readonly jobs: Readonly<Record<string, Job | Call>>;
}

interface Trigger {
  readonly branches?: readonly string[];
  readonly inputs?: Readonly<Record<string, Input>>;
}

/** Five fields of cron, in UTC. */
interface Schedule {
  readonly cron: string;
}

interface Input {
  readonly description: string;
  readonly required: boolean;
  readonly type: 'string';
}

interface Concurrency {
  readonly group: string;
  readonly 'cancel-in-progress': boolean | string;
}

export type Permissions = Readonly<
  Partial<Record<'contents' | 'id-token' | 'packages' | 'attestations', 'read' | 'write'>>
>;

export interface Job {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number;
  readonly permissions: Permissions;
  readonly container?: { readonly image: string };
  readonly environment?: { readonly name: string; readonly url: string };
  readonly concurrency?: Concurrency;
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly WorkflowStep[];
}

/** A job that runs another workflow of the repository. */
export interface Call {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly uses: string;
  readonly permissions: Permissions;
  readonly with?: Readonly<Record<string, string>>;
}

export interface WorkflowStep {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly shell?: 'sh';
}
