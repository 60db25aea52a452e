/** Where a step needs more than a shell, Node.js and this repository. */
export type Needs = 'nothing' | 'docker' | 'network' | 'cloud' | 'service';

/** A named list of commands, which both pipelines run in bash or in the shell of Alpine. */
export interface Step {
  readonly name: string;
  readonly run: readonly string[];
  /** `nothing` and `service` run in the tests; `service` needs a running auth service. */
  readonly needs: Needs;
}

export const step = (name: string, needs: Needs, ...run: readonly string[]): Step => ({ name, needs, run });

/** The files of a deploy job, which the job before has written: the manifests and the check of a deployment. */
export const folders = {
  release: 'release',
  /** What the deploy job has recorded of the version before, for a rollback. */
  previous: 'previous',
} as const;
