/** The part of the syntax of GitLab CI that the project uses. A typing error in a key does not compile. */
export interface GitlabPipeline {
  readonly workflow: { readonly rules: readonly Rule[] };
  readonly stages: readonly string[];
  readonly default: { readonly interruptible: boolean };
  readonly jobs: ReadonlyMap<string, GitlabJob>;
}

export interface Rule {
  readonly if: string;
  readonly when?: 'manual' | 'never' | 'on_failure';
}

interface Artifacts {
  readonly paths?: readonly string[];
  readonly reports?: { readonly dotenv: string };
  readonly expire_in: string;
  readonly when?: 'always';
}

export interface GitlabJob {
  readonly stage: string;
  readonly image: { readonly name: string; readonly entrypoint?: readonly [''] };
  readonly services?: readonly { readonly name: string; readonly alias: string }[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
  readonly needs?: readonly (string | { readonly job: string; readonly artifacts: boolean })[];
  readonly rules?: readonly Rule[];
  readonly timeout: string;
  readonly interruptible?: boolean;
  readonly environment?: { readonly name: string; readonly url?: string; readonly action?: 'access' };
  readonly resource_group?: string;
  readonly script: readonly string[];
  readonly artifacts?: Artifacts;
}
