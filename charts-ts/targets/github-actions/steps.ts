import type { Login } from '../pipeline/deployment.ts';
import { node } from '../pipeline/images.ts';
import type { Step } from '../pipeline/step.ts';
import { reference } from './actions.ts';
import { expression } from './expression.ts';
import type { Permissions, WorkflowStep } from './workflow.ts';

/** A virtual machine of GitHub with Docker, of a fixed release. */
export const runner = 'ubuntu-24.04';

export const runSteps = (steps: readonly Step[], condition?: string): WorkflowStep[] =>
  steps.map(({ name, run }) => ({ name, ...(condition && { if: condition }), run: `${run.join('\n')}\n` }));

/** The token of the checkout does not stay in .git, where later steps could read it. */
export const checkout = (options: Readonly<Record<string, string | number>> = {}): WorkflowStep => ({
  name: 'Check out',
  uses: reference('checkout'),
  with: { 'persist-credentials': false, ...options },
});

export const setupNode: WorkflowStep = {
  name: 'Set up Node.js',
  uses: reference('setupNode'),
  with: { 'node-version': node },
};

export const upload = (name: string, path: string): WorkflowStep => ({
  name: `Keep ${name}`,
  uses: reference('uploadArtifact'),
  with: { name, path, 'if-no-files-found': 'error', 'retention-days': 30 },
});

export const download = (name: string, path: string): WorkflowStep => ({
  name: `Fetch ${name}`,
  uses: reference('downloadArtifact'),
  with: { name, path },
});

/** An identity token instead of a stored key: the cloud checks that this job runs in this environment of the repository. */
const logins: Readonly<
  Record<Login, { readonly steps: readonly WorkflowStep[]; readonly permissions: Permissions }>
> = {
  aws: {
    permissions: { 'id-token': 'write' },
    steps: [
      {
        name: 'Log in to AWS',
        uses: reference('aws'),
        with: {
          'role-to-assume': expression('vars.AWS_ROLE_ARN'),
          'aws-region': expression('vars.AWS_REGION'),
        },
      },
    ],
  },
  google: {
    permissions: { 'id-token': 'write' },
    steps: [
      {
        name: 'Log in to Google Cloud',
        uses: reference('google'),
        with: {
          workload_identity_provider: expression('vars.GOOGLE_WORKLOAD_IDENTITY_PROVIDER'),
          service_account: expression('vars.GOOGLE_SERVICE_ACCOUNT'),
        },
      },
    ],
  },
  azure: {
    permissions: { 'id-token': 'write' },
    steps: [
      {
        name: 'Log in to Azure',
        uses: reference('azure'),
        with: {
          'client-id': expression('vars.AZURE_CLIENT_ID'),
          'tenant-id': expression('vars.AZURE_TENANT_ID'),
          'subscription-id': expression('vars.AZURE_SUBSCRIPTION_ID'),
        },
      },
    ],
  },
  token: { permissions: {}, steps: [] },
};

export const loginOf = (login: Login) => logins[login];
