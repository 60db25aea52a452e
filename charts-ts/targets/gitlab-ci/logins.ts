import type { Login } from '../pipeline/deployment.ts';
import type { GitlabJob } from './pipeline.ts';

interface GitlabLogin {
  readonly tokens?: GitlabJob['id_tokens'];
  readonly script: readonly string[];
}

/** The file of an identity token, outside of the folder that artifacts are taken from. */
const tokenFile = '/tmp/identity-token';
const write = `printf '%s' "$IDENTITY_TOKEN" > ${tokenFile}`;

/** An identity token instead of a stored key: the cloud checks the project and the environment in it. */
export const logins: Readonly<Record<Login, GitlabLogin>> = {
  aws: {
    tokens: { IDENTITY_TOKEN: { aud: 'sts.amazonaws.com' } },
    // The AWS CLI exchanges the token itself. AWS_ROLE_ARN is a variable of the environment.
    script: [
      write,
      `export AWS_WEB_IDENTITY_TOKEN_FILE=${tokenFile} AWS_ROLE_SESSION_NAME="gitlab-$CI_JOB_ID"`,
    ],
  },
  google: {
    tokens: { IDENTITY_TOKEN: { aud: '$GOOGLE_WORKLOAD_IDENTITY_AUDIENCE' } },
    script: [
      write,
      'gcloud iam workload-identity-pools create-cred-config "$GOOGLE_WORKLOAD_IDENTITY_PROVIDER" \\\n' +
        `  --service-account "$GOOGLE_SERVICE_ACCOUNT" --credential-source-file ${tokenFile} --output-file /tmp/google.json`,
      'gcloud auth login --cred-file /tmp/google.json',
    ],
  },
  azure: {
    tokens: { IDENTITY_TOKEN: { aud: 'api://AzureADTokenExchange' } },
    script: [
      'az login --service-principal --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" --federated-token "$IDENTITY_TOKEN"',
      'az account set --subscription "$AZURE_SUBSCRIPTION_ID"',
    ],
  },
  // HEROKU_API_KEY is a masked variable of the protected environment.
  token: { script: [] },
};
