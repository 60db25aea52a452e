import type { FolderContent } from '../../output/output-folder.ts';
import { seconds } from '../../values/formats.ts';
import type { Target } from '../target.ts';
import { toCalendar } from './calendar.ts';
import { composeText } from './compose.ts';
import { composeFile, replicas } from './layout.ts';
import { serviceContainers } from './read-compose.ts';
import { findings } from './rules/findings.ts';
import { type SingleServerValues, singleServerSchema } from './schema.ts';
import { textFiles } from './text-files.ts';

/** Values that contradict each other. */
function* faults(values: SingleServerValues): Iterable<string> {
  const { database, purge, redis, rollout, singleServer } = values;
  const isLocal = singleServer.stores === 'local';
  if (isLocal && redis.tls)
    yield 'redis.tls: must be false with singleServer.stores=local, whose Redis has no certificate';
  if (isLocal && !singleServer.ownerRole)
    yield 'singleServer.ownerRole: must be true with singleServer.stores=local, which creates both roles';
  const connections = Object.keys(replicas).length * database.poolMax;
  if (connections > database.maxConnections)
    yield `database.poolMax: ${connections} connections of two replicas exceed database.maxConnections`;
  if (seconds(rollout.keepAliveTimeout) < 30)
    yield 'rollout.keepAliveTimeout: must be at least 30s, because nginx keeps its connections 15 s shorter';
  const schedules = {
    'purge.schedule': purge.schedule,
    'singleServer.backup.schedule': singleServer.backup.schedule,
  };
  for (const [path, schedule] of Object.entries(schedules))
    if (!toCalendar(schedule))
      yield `${path}: must use numbers, and not both a day of the month and a day of the week, for a timer of systemd`;
}

function files(values: SingleServerValues): FolderContent {
  return new Map([
    [composeFile, composeText(values)],
    ...(values.database.ca ? [['certificates/database-ca.pem', values.database.ca] as const] : []),
    ...(values.redis.ca ? [['certificates/redis-ca.pem', values.redis.ca] as const] : []),
    ...Object.entries(values.jwt.publicKeys).map(([name, pem]) => [`public-keys/${name}.pem`, pem] as const),
    ...textFiles(values),
  ]);
}

/** One server with Docker Compose, nginx, certbot and systemd: section 3.2 of the deployment guide. */
export const singleServer: Target<SingleServerValues> = {
  name: 'single-server',
  schema: singleServerSchema,
  rootFiles: [composeFile],
  faults,
  files,
  containers: serviceContainers,
  findings,
};
