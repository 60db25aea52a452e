const kubernetes = `
image: { repository: registry.corp.io/auth-service }
ingress: { host: auth.todoapp.internal }
database: { peers: [{ cidr: 10.0.0.0/16 }] }
redis: { peers: [{ cidr: 10.0.0.0/16 }] }
monitoring: { rules: { runbooks: null } }
`;

/** A values file for each cloud and target that replaces every example. Some networks are those of the example. */
export const ownValues = {
  eks: `${kubernetes}
eks:
  region: eu-central-1
  certificateArn: arn:aws:acm:eu-central-1:482915730162:certificate/7d1f
  loadBalancerCidrs: [10.0.0.0/16]
`,
  gke: `${kubernetes}
gke: { project: corp-identity, address: 34.117.20.9 }
`,
  aks: `${kubernetes}
aks:
  certificateUri: https://corp-auth.vault.azure.net/certificates/auth
  certificateClientId: 6f1c2f0e-0a1b-4c5d-8e9f-1a2b3c4d5e6f
`,
  ecs: `
image: { repository: 482915730162.dkr.ecr.eu-central-1.amazonaws.com/auth-service }
ecs:
  region: eu-central-1
  host: auth.corp.io
  certificateArn: arn:aws:acm:eu-central-1:482915730162:certificate/7d1f
`,
  'cloud-run': `
image: { repository: europe-west3-docker.pkg.dev/corp-identity/auth/auth-service }
cloudRun: { project: corp-identity, region: europe-west3, host: auth.corp.io, loadBalancerAddress: 34.117.20.9 }
`,
  'azure-container-instances': `
image: { repository: corpidentity.azurecr.io/auth-service }
azure: { subscription: 6f1c2f0e-0a1b-4c5d-8e9f-1a2b3c4d5e6f, host: auth.corp.io }
`,
  'single-server': `
singleServer: { host: auth.corp.io }
`,
} as const satisfies Record<string, string>;
