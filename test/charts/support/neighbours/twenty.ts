import { checkValues } from '../../../../charts-ts/checks/check-values.ts';
import { synthesize } from '../../../../charts-ts/synthesize.ts';
import { loadValues } from '../../../../charts-ts/values/load-values.ts';
import type { CloudName } from '../../../../charts-ts/values/schema.ts';
import type { Neighbour } from './neighbour.ts';

/** A name of the greatest length. */
export const long = (ending: string): string => `${'n'.repeat(35)}${ending}`;

/** Names and namespaces of twenty installations, among them pairs that are the same text without a separator. */
const twenty: readonly (readonly [namespace: string, name: string])[] = [
  ['auth-system', 'auth-service'],
  ['auth-system', 'auth'],
  ['auth-system', 'auth-jwt'],
  ['auth-system', 'auth-owner'],
  ['auth-system', 'auth-service-eu'],
  ['auth-system', 'staging'],
  ['auth-staging', 'auth-service'],
  ['auth-staging', 'auth'],
  ['auth-prod', 'auth-service'],
  ['auth-service', 'auth-system'],
  ['a', 'b-c'],
  ['a-b', 'c'],
  ['c', 'a-b'],
  ['b-c', 'a'],
  ['a-b-c', 'a'],
  ['shared', 'auth-service'],
  ['shared', 'one'],
  ['shared', 'two'],
  ['n'.repeat(63), long('a')],
  ['n'.repeat(63), long('b')],
];

/** Options that add objects or change what the objects refer to. */
const options: readonly (readonly string[])[] = [
  [
    'ingress.kind=gateway,monitoring.serviceMonitor.namespace=monitoring,monitoring.rules.namespace=monitoring',
  ],
  ['ingress.kind=ingress,monitoring.serviceMonitor.enabled=false,monitoring.podMonitor.enabled=true'],
  ['ingress.kind=gateway,monitoring.dashboards.namespace=monitoring,migrations.mode=job'],
  ['ingress.kind=ingress,networkPolicy.otlp.enabled=true,networkPolicy.otlp.peers[0].namespace=telemetry'],
];

const external: Readonly<Record<CloudName, string>> = {
  eks: 'eks.secretsRoleArn=arn:aws:iam::123456789012:role/auth',
  gke: 'gke.secretsServiceAccount=auth@your-project.iam.gserviceaccount.com,gke.preSharedCertificate=auth',
  aks: 'aks.vaultUrl=https://v.vault.azure.net,aks.secretsClientId=11111111-1111-4111-8111-111111111111,aks.tenantId=11111111-1111-4111-8111-111111111111',
};

function installed(cloud: CloudName, index: number): Neighbour {
  const [namespace = '', name = ''] = twenty[index] ?? [];
  const isFirst = twenty.findIndex(([other]) => other === namespace) === index;
  const sharesGateways = cloud === 'aks' && index > 0 && index % 3 === 0;
  const sets = [
    `name=${name},namespace.name=${namespace},namespace.create=${isFirst}`,
    `secrets.source=${index % 2 === 0 ? 'external' : 'existing'},${external[cloud]}`,
    `backup.enabled=true,backup.claim=${name}-backups,backup.drill.enabled=true`,
    'backup.ageRecipients={age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p}',
    'administrator.email=jane@example.com,administrator.username=jane.doe,autoscaling.hashWait.enabled=true',
    ...(options[index % options.length] ?? []),
    // These are the same on each cloud, and make up most of the output.
    ...(cloud === 'eks' ? [] : ['monitoring.dashboards.enabled=false,monitoring.rules.enabled=false']),
    // The Gateways of AKS are outside of the namespace.
    ...(cloud === 'aks' && index % 7 !== 4 ? ['ingress.kind=gateway'] : []),
    ...(sharesGateways ? ['aks.gatewayNamespace=gateways,aks.createGatewayNamespace=false'] : []),
  ];
  const values = loadValues(cloud, { files: [], sets: sets.map((text) => ({ kind: 'set', text })) });
  checkValues(values);
  const documents = synthesize(values).flatMap((file) =>
    file.objects.map((object) => ({ file: file.name, object })),
  );
  return { name, namespace, documents };
}

const known = new Map<CloudName, Neighbour[]>();

/** The twenty installations of a cluster of this cloud. A test that changes them makes a copy. */
export function twentyInstallations(cloud: CloudName): readonly Neighbour[] {
  const neighbours = known.get(cloud) ?? twenty.map((_, index) => installed(cloud, index));
  known.set(cloud, neighbours);
  return neighbours;
}
