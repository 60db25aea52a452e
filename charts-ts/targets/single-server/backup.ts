import { backupArguments, imageReference } from '../../workload/process.ts';
import { container, type Services } from './containers.ts';
import { backups, mounts } from './layout.ts';
import type { SingleServerValues } from './schema.ts';

const secret = 'backup-key';

/** The image of the service with the programs of Postgres. A line in .env replaces it, as that of the service. */
const backupImage = ({ image: { repository, tag } }: SingleServerValues): string =>
  `\${AUTH_BACKUP_IMAGE:-${imageReference({ repository: `${repository}-backup`, tag })}}`;

/**
 * Makes a backup. With another command it restores one, in the same environment.
 */
export function backupContainer(values: SingleServerValues): Services[string] {
  const { backup } = values.singleServer;
  const base = container(values, 'backup', { cpu: '1', memory: '512m' });
  return {
    ...base,
    image: backupImage(values),
    command: backupArguments(backups, backup, { keyFile: `${mounts.secrets}/${secret}` }),
    secrets: [...base.secrets, secret],
    volumes: [...base.volumes, `${backups}:${backups}`],
    // For the CAs, which the programs of Postgres read from a file.
    tmpfs: ['/tmp'],
    profiles: ['jobs'],
    restart: 'no',
  };
}
