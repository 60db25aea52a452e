import { stringify } from 'yaml';
import type { FolderContent } from '../../output/output-folder.ts';
import type { Target } from '../target.ts';
import { drawRunMonitoring, drawService } from './draw.ts';
import { drawBackupJob, drawMigrateJob, drawPurgeJob } from './draw-jobs.ts';
import {
  backupFile,
  migrateFile,
  monitoringFile,
  processesOf,
  purgeFile,
  serviceFile,
  toServiceContainer,
} from './files.ts';
import { findings } from './rules.ts';
import { type CloudRunValues, faults, schema } from './values.ts';

function files(values: CloudRunValues): FolderContent {
  const { bucket } = values.cloudRun.backup;
  const objects: [string, object][] = [
    [serviceFile, drawService(values)],
    [migrateFile, drawMigrateJob(values)],
    ...(values.purge.enabled ? [[purgeFile, drawPurgeJob(values)] as [string, object]] : []),
    ...(bucket ? [[backupFile, drawBackupJob(values, bucket)] as [string, object]] : []),
    ...(values.cloudRun.metrics.enabled ? [[monitoringFile, drawRunMonitoring()] as [string, object]] : []),
  ];
  // Without line folding, which would break JSON in annotations.
  return new Map(objects.map(([name, object]) => [name, stringify(object, { lineWidth: 0 })]));
}

/** Google Cloud Run: a service, and jobs for the migration, the purge and backups, for `gcloud run … replace`. */
export const cloudRun: Target<CloudRunValues> = {
  name: 'cloud-run',
  schema,
  rootFiles: [],
  faults,
  files,
  containers: (content) => processesOf(content).map(toServiceContainer),
  findings,
};
