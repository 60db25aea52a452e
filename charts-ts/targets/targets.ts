import type { Target } from './target.ts';

/** synth runs in tsx's hook for `require` (launch.cjs), where `import()` of TypeScript fails. Tests run in the one for `import`. */
const isRequired = typeof require === 'function';

/** Loads each target by its name. A target is loaded when it is used, because the libraries of some are large. */
const targets: Readonly<Record<string, () => Promise<Target>>> = {
  'azure-container-instances': async () =>
    (isRequired
      ? require('./azure-container-instances/azure-container-instances.ts')
      : await import('./azure-container-instances/azure-container-instances.ts')
    ).azureContainerInstances,
  compose: async () =>
    (isRequired ? require('./compose/compose.ts') : await import('./compose/compose.ts')).compose,
  kong: async () => (isRequired ? require('./kong/kong.ts') : await import('./kong/kong.ts')).kong,
  'cloud-run': async () =>
    (isRequired ? require('./cloud-run/cloud-run.ts') : await import('./cloud-run/cloud-run.ts')).cloudRun,
  'github-actions': async () =>
    (isRequired
      ? require('./github-actions/github-actions.ts')
      : await import('./github-actions/github-actions.ts')
    ).githubActions,
  'gitlab-ci': async () =>
    (isRequired ? require('./gitlab-ci/gitlab-ci.ts') : await import('./gitlab-ci/gitlab-ci.ts')).gitlabCi,
  ecs: async () => (isRequired ? require('./ecs/ecs.ts') : await import('./ecs/ecs.ts')).ecs,
  heroku: async () =>
    (isRequired ? require('./heroku/heroku.ts') : await import('./heroku/heroku.ts')).heroku,
  'single-server': async () =>
    (isRequired
      ? require('./single-server/single-server.ts')
      : await import('./single-server/single-server.ts')
    ).singleServer,
};

export const targetNames = Object.keys(targets);

/** @throws Error for a name that is not in `targetNames` */
export async function loadTarget(name: string): Promise<Target> {
  const load = targets[name];
  if (!load) throw new Error(`there is no target ${name}`);
  return load();
}
