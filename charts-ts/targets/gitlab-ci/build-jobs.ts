import { checkSteps, imageSteps, sbomSteps, scanSteps, tagSteps } from '../pipeline/build.ts';
import { images } from '../pipeline/images.ts';
import type { Step } from '../pipeline/step.ts';
import type { GitlabJob, Rule } from './pipeline.ts';

/** One entry for each command, because GitLab may overlook an error in the middle of an entry. */
export const scriptOf = (steps: readonly Step[]): string[] =>
  steps.flatMap(({ run }) => run.join('\n').split(/(?<!\\)\n/));

const onBranch = (branch: string): Rule => ({ if: `$CI_COMMIT_BRANCH == "${branch}"` });

/** Docker in a container beside the job, which the job reaches by TLS. */
const docker: Pick<GitlabJob, 'image' | 'services' | 'variables'> = {
  image: { name: images.docker },
  services: [{ name: images.dockerDaemon, alias: 'docker' }],
  variables: {
    DOCKER_HOST: 'tcp://docker:2376',
    DOCKER_TLS_CERTDIR: '/certs',
    DOCKER_CERT_PATH: '/certs/client',
    DOCKER_TLS_VERIFY: '1',
    REGISTRY: '$CI_REGISTRY',
    REGISTRY_USER: '$CI_REGISTRY_USER',
    REGISTRY_TOKEN: '$CI_REGISTRY_PASSWORD',
    REVISION: '$CI_COMMIT_SHA',
  },
};

/** The jobs from the check to the tagged image, in the order of their stages. */
export function buildJobs(branch: string): [string, GitlabJob][] {
  const rules = [onBranch(branch)];
  return [
    ['check', { stage: 'check', image: { name: images.node }, timeout: '90m', script: scriptOf(checkSteps) }],
    [
      'sbom',
      {
        stage: 'check',
        image: { name: images.node },
        timeout: '10m',
        script: scriptOf(sbomSteps),
        artifacts: { paths: ['sbom.cdx.json'], expire_in: '30 days' },
      },
    ],
    [
      'build',
      {
        stage: 'build',
        ...docker,
        variables: { ...docker.variables, IMAGE: '$CI_REGISTRY_IMAGE' },
        needs: ['check', 'sbom'],
        rules,
        timeout: '30m',
        script: scriptOf(imageSteps),
        artifacts: { reports: { dotenv: 'image.env' }, expire_in: '30 days' },
      },
    ],
    [
      'scan',
      {
        stage: 'scan',
        // The entry point is trivy itself.
        image: { name: images.trivy, entrypoint: [''] },
        variables: { TRIVY_USERNAME: '$CI_REGISTRY_USER', TRIVY_PASSWORD: '$CI_REGISTRY_PASSWORD' },
        needs: ['build'],
        rules,
        timeout: '20m',
        script: scriptOf(scanSteps),
        artifacts: { paths: ['image.cdx.json'], expire_in: '30 days' },
      },
    ],
    [
      'tag',
      {
        stage: 'tag',
        ...docker,
        needs: ['build', 'scan'],
        rules,
        timeout: '10m',
        script: scriptOf(tagSteps),
      },
    ],
  ];
}
