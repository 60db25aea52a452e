import type { UnusualCluster } from './cluster.ts';

const backup = (identity: string): string => `
backup:
  enabled: true
  remote: store:acme-backups/production
  rclone: { RCLONE_CONFIG_STORE_TYPE: s3, RCLONE_CONFIG_STORE_ENV_AUTH: "true" }
  identity: ${identity}
  egress: [{ peers: [{ cidr: 198.51.100.0/24 }], port: 443 }]`;

const controller = `
ingress:
  className: traefik
  tlsSecretName: api-tls
  controller:
    peers: [{ namespace: kube-system, podLabels: { app.kubernetes.io/name: traefik } }]
    trustedProxies: [10.42.0.0/16]
    idleTimeoutSeconds: 60`;

/** How pods prove to a cloud who they are, and clusters that run in none. */
export const cloudIdentities: readonly UnusualCluster[] = [
  {
    title: 'EKS Pod Identity for backups, which needs no annotation but the way to the agent on the node',
    values: backup('pod-identity'),
    clouds: ['eks'],
    output: {
      'ServiceAccount/auth-service-backup': { metadata: { annotations: null } },
      'NetworkPolicy/auth-service-backup-pods': {
        spec: {
          egress: {
            [-2]: {
              to: [{ ipBlock: { cidr: '169.254.170.23/32' } }, { ipBlock: { cidr: 'fd00:ec2::23/128' } }],
              ports: [{ port: 80, protocol: 'TCP' }],
            },
          },
        },
      },
    },
  },
  {
    title: 'a role for backups that is no ARN',
    values: backup('auth-backup'),
    clouds: ['eks'],
    refused: ['backup.identity: must be the ARN of an IAM role, or pod-identity for EKS Pod Identity'],
  },
  {
    title: 'EKS Pod Identity for the secrets',
    values: 'secrets: { source: external }',
    clouds: ['eks'],
    refused: [
      'eks.secretsRoleArn: is required because secrets.source is external: give the ARN of the IAM role that may read the secrets, or name a store of your own in secrets.external.store, such as one for EKS Pod Identity',
    ],
  },
  {
    title: "a cluster of one's own such as k3s, which has no region of AWS",
    values: `eks: { region: null, certificateArn: null, loadBalancerCidrs: [] }${controller}`,
    clouds: ['eks'],
    output: { 'Ingress/auth-service-ingress': { spec: { ingressClassName: 'traefik' } } },
  },
  {
    title: 'a secret store of AWS without its region',
    values: `
eks: { region: null, secretsRoleArn: arn:aws:iam::482915730162:role/auth }
secrets: { source: external }`,
    clouds: ['eks'],
    refused: [
      'eks.region: is required because secrets.source is external: name the region of Secrets Manager',
    ],
  },
];
