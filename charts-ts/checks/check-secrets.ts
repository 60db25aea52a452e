import { neededSecrets, secretOf } from '../kubernetes/settings.ts';
import type { Values } from '../values/schema.ts';
import { fileSecretNames } from '../values/schema-secrets.ts';

const owner = 'db-owner-url';

/** The URL of the owner is in a Secret of its own, so that nobody who may read the others can change the tables. */
function* checkOwner(values: Values): Iterable<string> {
  const { keys, name, ownerName } = values.secrets;
  if (ownerName === name)
    yield 'secrets.ownerName: must not be secrets.name, because every container sees that Secret; null means one role for everything';
  if (!ownerName && keys[owner])
    yield `secrets.keys.${owner}: must be removed, because secrets.ownerName is null, which means one role for everything`;
  if (!ownerName || !keys[owner]?.name) return;
  const ofOwner = secretOf(values, owner).name;
  const sharing = neededSecrets(values).find((secret) => secretOf(values, secret).name === ofOwner);
  if (sharing)
    yield `secrets.keys.${owner}.name: must not be the Secret of ${sharing}, because other containers than the migration see that Secret`;
}

function fileSecrets({ administrator, backup }: Values): string[] {
  return [
    ...(administrator.email ? ['administrator-password'] : []),
    ...(backup.enabled ? ['backup-key'] : []),
    ...(backup.enabled && backup.hasRcloneFile ? ['rclone.conf'] : []),
    ...(backup.enabled && backup.ageRecipients.length > 0 ? ['age-identity'] : []),
  ];
}

/** What puts a file into a pod shows it to each container of the pod. */
function* checkPaths({ migrations, secrets }: Values): Iterable<string> {
  for (const secret of fileSecretNames)
    if (secrets.keys[secret]?.path)
      yield `secrets.keys.${secret}.path: must be removed: the Jobs read ${secret} from a Secret, which name and key choose`;
  if (secrets.keys[owner]?.path && migrations.mode === 'initContainer')
    yield `secrets.keys.${owner}.path: needs migrations.mode job, because every container of a pod sees such a file`;
}

/** A secret that no container reads would look as if it were in use. */
function* checkKeys(values: Values): Iterable<string> {
  // What is wrong with that of the owner, checkOwner says.
  const needed: readonly string[] = [owner, ...neededSecrets(values), ...fileSecrets(values)];
  for (const secret of Object.keys(values.secrets.keys))
    if (!needed.includes(secret))
      yield `secrets.keys.${secret}: must be removed, because these values need no ${secret}`;
}

function* checkExternal({ secrets }: Values): Iterable<string> {
  const { dataFrom, remoteRefs, store, template } = secrets.external;
  if (secrets.source === 'external') return;
  const given = { store, remoteRefs: Object.keys(remoteRefs).length, dataFrom: dataFrom.length, template };
  for (const [name, value] of Object.entries(given))
    if (value)
      yield `secrets.external.${name}: must be removed, because secrets.source is ${secrets.source} and not external`;
}

function* checkAuthorities({ database, redis }: Values): Iterable<string> {
  for (const [name, { ca, caSecret }] of Object.entries({ database, redis }))
    if (ca && caSecret) yield `${name}.caSecret: must be null, because ${name}.ca contains the CA`;
  if (redis.caSecret && !redis.tls) yield 'redis.caSecret: must be null, because redis.tls is false';
}

/** That the values of the secrets do not contradict each other. */
export function* checkSecrets(values: Values): Iterable<string> {
  yield* checkOwner(values);
  yield* checkKeys(values);
  yield* checkPaths(values);
  yield* checkExternal(values);
  yield* checkAuthorities(values);
}
