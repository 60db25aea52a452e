import type { Deployment } from './deployment.ts';

/** How a pipeline names one of its jobs to a cloud. */
export interface Identity {
  /** The issuer of the tokens, without https://. */
  readonly issuer: string;
  /** The subject of a job that deploys to a target. */
  readonly subject: string;
}

const audiences = { aws: 'sts.amazonaws.com', azure: 'api://AzureADTokenExchange' } as const;

/** Who may take the role of the deployment: this job of this repository, and nobody else. For `aws iam create-role`. */
const awsTrust = ({ issuer, subject }: Identity) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      // The number of your account.
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer}:aud`]: audiences.aws, [`${issuer}:sub`]: subject } },
    },
  ],
});

/** For `az ad app federated-credential create`. */
const azureTrust = (target: string, { issuer, subject }: Identity) => ({
  name: `auth-service-${target}`,
  issuer: `https://${issuer}`,
  subject,
  audiences: [audiences.azure],
});

/** What a cloud must know of the jobs of a target, or null where its own command line takes the subject. */
export function trustFile({ login, target }: Deployment, identity: Identity): [string, string] | null {
  const content = {
    aws: () => awsTrust(identity),
    azure: () => azureTrust(target, identity),
    google: () => null,
    token: () => null,
  }[login]();
  return content && [`trust/${target}.json`, `${JSON.stringify(content, null, 2)}\n`];
}

export const trustFiles = (
  deployments: readonly Deployment[],
  identityOf: (target: string) => Identity,
): [string, string][] =>
  deployments.flatMap((one) => {
    const file = trustFile(one, identityOf(one.target));
    return file ? [file] : [];
  });
