import { imageSteps, sbomSteps, scanSteps, tagSteps } from '../pipeline/build.ts';
import type { Deployment } from '../pipeline/deployment.ts';
import { images } from '../pipeline/images.ts';
import { chosen, type PipelineValues } from '../pipeline/values.ts';
import { reference } from './actions.ts';
import { expression } from './expression.ts';
import { checkout, loginOf, runner, runSteps, setupNode, upload } from './steps.ts';
import type { Call, Job, Workflow } from './workflow.ts';

const registry = {
  REGISTRY: 'ghcr.io',
  REGISTRY_USER: expression('github.actor'),
  REGISTRY_TOKEN: expression('github.token'),
};

const pushed = {
  IMAGE: expression('needs.image.outputs.image'),
  DIGEST: expression('needs.image.outputs.digest'),
  REVISION: expression('github.sha'),
};

const sbom: Job = {
  name: 'SBOM',
  'runs-on': runner,
  'timeout-minutes': 10,
  permissions: { contents: 'read' },
  steps: [checkout(), setupNode, ...runSteps(sbomSteps), upload('sbom', 'sbom.cdx.json')],
};

const image: Job = {
  name: 'Image',
  needs: ['check', 'sbom'],
  'runs-on': runner,
  'timeout-minutes': 30,
  permissions: { contents: 'read', packages: 'write' },
  env: {
    ...registry,
    IMAGE: `ghcr.io/${expression('github.repository')}`,
    REVISION: expression('github.sha'),
  },
  outputs: {
    image: expression('steps.image.outputs.IMAGE'),
    digest: expression('steps.image.outputs.DIGEST'),
  },
  steps: [
    checkout(),
    ...runSteps(imageSteps),
    { name: 'Pass the digest on', id: 'image', run: 'cat image.env >> "$GITHUB_OUTPUT"\n' },
  ],
};

const scan: Job = {
  name: 'Scan',
  needs: ['image'],
  'runs-on': runner,
  'timeout-minutes': 20,
  permissions: { packages: 'read' },
  // The image of Trivy has no bash.
  container: { image: images.trivy },
  env: { ...pushed, TRIVY_USERNAME: expression('github.actor'), TRIVY_PASSWORD: expression('github.token') },
  steps: [
    ...runSteps(scanSteps).map((one) => ({ ...one, shell: 'sh' as const })),
    upload('image-sbom', 'image.cdx.json'),
  ],
};

const tag: Job = {
  name: 'Tag and attest',
  needs: ['image', 'scan'],
  'runs-on': runner,
  'timeout-minutes': 10,
  permissions: { attestations: 'write', 'id-token': 'write', packages: 'write' },
  env: { ...registry, ...pushed },
  steps: [
    ...runSteps(tagSteps),
    {
      name: 'Attest the provenance',
      uses: reference('attest'),
      with: {
        'subject-name': expression('needs.image.outputs.image'),
        'subject-digest': expression('needs.image.outputs.digest'),
        'push-to-registry': true,
      },
    },
  ],
};

/** The repository variable DEPLOY_TARGETS names the targets that commits are deployed to. */
const deployCall = ({ login, target }: Deployment): Call => ({
  name: `Deploy to ${target}`,
  needs: ['image', 'tag'],
  if: `contains(fromJSON(vars.DEPLOY_TARGETS || '[]'), '${target}')`,
  permissions: { contents: 'read', ...loginOf(login).permissions },
  uses: `./.github/workflows/deploy-${target}.yml`,
  with: { digest: expression('needs.image.outputs.digest'), revision: expression('github.sha') },
});

/** Every commit of the branch: checked, built once, scanned, tagged by its digest, and deployed to the chosen targets. */
export function releaseWorkflow(values: PipelineValues): Workflow {
  const check: Call = {
    name: 'Check',
    permissions: { contents: 'read' },
    uses: './.github/workflows/check.yml',
  };
  const deploys = chosen(values).map((deployment) => [`deploy-${deployment.target}`, deployCall(deployment)]);
  return {
    name: 'Release',
    on: { push: { branches: [values.pipeline.branch] } },
    permissions: {},
    // A deployment is never cut off in the middle.
    concurrency: { group: 'release', 'cancel-in-progress': false },
    defaults: { run: { shell: 'bash' } },
    jobs: { check, sbom, image, scan, tag, ...Object.fromEntries(deploys) },
  };
}
