import { checkValues } from '../../../charts-ts/checks/check-values.ts';
import type { Document } from '../../../charts-ts/gate/document.ts';
import { synthesize } from '../../../charts-ts/synthesize.ts';
import { loadValues } from '../../../charts-ts/values/load-values.ts';
import type { CloudName } from '../../../charts-ts/values/schema.ts';

/** Any part of an object, so that a test can read and change it. */
// biome-ignore lint/suspicious/noExplicitAny: tests reach into objects of every kind, and a wrong path fails the test.
export type Loose = any;

/** The values of a cloud with `--set` flags over them. `path=[]` is an empty list, which only `--set-json` can say. */
export function valuesOf(cloud: CloudName, ...sets: string[]) {
  const flags = sets.map((text) => ({ kind: text.endsWith('=[]') ? 'set-json' : 'set', text }) as const);
  const values = loadValues(cloud, { files: [], sets: flags });
  checkValues(values);
  return values;
}

function synthesizeDocuments(cloud: CloudName, sets: readonly string[]): Document[] {
  const files = synthesize(valuesOf(cloud, ...sets));
  return files.flatMap(({ name, objects }) => objects.map((object) => ({ file: `${name}.yaml`, object })));
}

/** By cloud and flags. Most tests change a copy of the same few. */
const synthesized = new Map<string, Document[]>();

/** The objects that synth would check and write, as copies that a test may change. */
export function documentsOf(cloud: CloudName, ...sets: string[]): Document[] {
  const id = JSON.stringify([cloud, ...sets]);
  const documents = synthesized.get(id) ?? synthesizeDocuments(cloud, sets);
  synthesized.set(id, documents);
  return structuredClone(documents);
}

/** The only object of a kind (and name). */
export function only(documents: readonly Document[], kind: string, name?: string): Loose {
  const found = documents.filter(
    ({ object }) => object.kind === kind && (!name || object.metadata?.name === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0]?.object;
}

/** The ConfigMap of the variables, whose name ends with a hash of its content. */
export function configurationOf(documents: readonly Document[]): Loose {
  const isConfiguration = ({ kind, metadata }: Document['object']) =>
    kind === 'ConfigMap' && /-config-[0-9a-f]{10}$/.test(metadata?.name ?? '');
  const [first, ...others] = documents.filter(({ object }) => isConfiguration(object));
  if (!first || others.length > 0) throw new Error('there must be one ConfigMap of the variables');
  return first.object;
}

/** Backups in a bucket, with an identity of the cloud, a recipient and drills. */
export const remoteBackup: readonly string[] = [
  'backup.enabled=true,backup.remote=store:auth-backups/production,backup.drill.enabled=true',
  'backup.rclone.RCLONE_CONFIG_STORE_TYPE=google cloud storage,backup.rclone.RCLONE_CONFIG_STORE_ENV_AUTH=yes',
  'backup.identity=auth-backup@your-project.iam.gserviceaccount.com',
  'backup.ageRecipients={age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p}',
  'backup.egress[0].port=443,backup.egress[0].peers[0].cidr=199.36.153.8/30',
];

/** Values that change which objects exist. The output of each must pass the gate. */
export const variants: readonly (readonly [CloudName, ...string[]])[] = [
  ['eks'],
  ['gke'],
  ['aks'],
  [
    'eks',
    'ingress.kind=gateway',
    'eks.wafAclArn=arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/a/b',
  ],
  ['gke', 'ingress.kind=gateway,gke.certificateMap=auth,gke.securityPolicy=armor'],
  ['gke', 'ingress.kind=gateway,gke.preSharedCertificate=auth'],
  ['gke', 'gke.managedCertificate=false,gke.preSharedCertificate=auth,gke.securityPolicy=armor'],
  ['aks', 'ingress.kind=ingress'],
  ['eks', 'ingress.kind=none'],
  ['eks', 'ingress.tls=false,ingress.kind=gateway'],
  ['eks', 'secrets.source=external,eks.secretsRoleArn=arn:aws:iam::123456789012:role/auth'],
  ['gke', 'secrets.source=external,gke.secretsServiceAccount=auth@your-project.iam.gserviceaccount.com'],
  [
    'aks',
    'secrets.source=external,aks.vaultUrl=https://v.vault.azure.net',
    'aks.secretsClientId=11111111-1111-4111-8111-111111111111,aks.tenantId=11111111-1111-4111-8111-111111111111',
  ],
  ['eks', 'jwt.algorithm=HS256,jwt.previousSecret=true,database.replica=true,redis.tls=false'],
  ['eks', 'redis.clientCertificate=true,redis.sentinelPort=26379,redis.sentinelPassword=true'],
  ['eks', 'migrations.mode=job'],
  ['eks', 'secrets.ownerName=null'],
  ['eks', 'extraConfig.ACCESS_TOKEN_TTL=10m,extraConfig.ARGON2_TIME=3'],
  ['aks', 'aks.preserveClientAddress=false'],
  ['aks', 'ingress.tls=false'],
  ['eks', 'autoscaling.enabled=false,disruptionBudget.maxUnavailable=null,disruptionBudget.minAvailable=2'],
  ['eks', 'autoscaling.memoryUtilization=null'],
  ['eks', 'autoscaling.hashWait.enabled=true'],
  ['eks', 'networkPolicy.otlp.enabled=true,networkPolicy.otlp.peers[0].namespace=telemetry'],
  ['eks', 'networkPolicy.extraEgress[0].port=443,networkPolicy.extraEgress[0].peers[0].cidr=192.0.2.0/24'],
  [
    'eks',
    'image.pullSecrets={registry},scheduling.nodeSelector.disk=ssd,corsOrigins={https://app.example.com}',
  ],
  ['eks', `image.digest=sha256:${'0a'.repeat(32)}`],
  ['eks', 'database.peers[0].namespace=data,database.peers[0].podLabels.app=postgres'],
  ['eks', 'administrator.email=jane@example.com,administrator.username=jane.doe'],
  ['eks', 'backup.enabled=true,backup.claim=auth-backups'],
  ['eks', 'monitoring.serviceMonitor.enabled=false,monitoring.podMonitor.enabled=true'],
  ['aks', 'name=staging,namespace.name=platform,namespace.create=false'],
  ['aks', 'backup.enabled=true,backup.claim=auth-backups,secrets.ownerName=null'],
  ['gke', ...remoteBackup],
];
