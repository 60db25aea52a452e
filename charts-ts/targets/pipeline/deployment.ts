import type { Step } from './step.ts';

/** How a job proves to a cloud which pipeline it is. Heroku accepts no identity of a pipeline, but only a token. */
export type Login = 'aws' | 'google' | 'azure' | 'token';

/** How one target is deployed. The same commands run in both pipelines. */
export interface Deployment {
  readonly target: string;
  readonly login: Login;
  /** The image that the jobs run in. */
  readonly image: string;
  /** Variables of the environment of the target, which hold no secrets. */
  readonly variables: readonly string[];
  /** Whether the platform builds from the commit itself, and gets no manifests. */
  readonly buildsFromGit: boolean;
  /** Records the version before, deploys, and waits until the new version serves. */
  readonly deploy: readonly Step[];
  /** Removes what only a rollback would need, after the check has passed. */
  readonly finish?: readonly Step[];
  /** Deploys the version before again. Migrations stay: each is compatible with the version before. */
  readonly rollback: readonly Step[];
}
