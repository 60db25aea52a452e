import { parseDocument } from 'yaml';
import type { z } from 'zod';
import type { CommandName } from '../../../app/config/config.ts';
import { names, ports } from '../../names.ts';
import type { FolderContent } from '../../output/output-folder.ts';
import { bytes, millicpu } from '../../values/formats.ts';
import type { ServiceContainer } from '../../workload/service-container.ts';
import {
  type Container,
  type Job,
  job,
  runMonitoring,
  type Service,
  service,
  type Volume,
} from './resources.ts';

export const serviceFile = 'service.yaml';
export const migrateFile = 'migrate-job.yaml';
export const purgeFile = 'purge-job.yaml';
export const backupFile = 'backup-job.yaml';
export const monitoringFile = 'run-monitoring.yaml';

/** The schema of each file. */
export const schemas: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  [serviceFile, service],
  [migrateFile, job],
  [purgeFile, job],
  [backupFile, job],
  [monitoringFile, runMonitoring],
]);

interface ParsedFile {
  readonly object: unknown;
  readonly error: string | undefined;
}

function parseYaml(text: string): ParsedFile {
  const document = parseDocument(text);
  const error = document.errors[0]?.message.split('\n')[0];
  return { object: error ? undefined : document.toJS(), error };
}

/** Several rules read the same files. */
const known = new WeakMap<FolderContent, ReadonlyMap<string, ParsedFile>>();

/** Every file of YAML by its name. */
export function parsedFiles(files: FolderContent): ReadonlyMap<string, ParsedFile> {
  const parsed = known.get(files) ?? new Map([...files].map(([name, text]) => [name, parseYaml(text)]));
  known.set(files, parsed);
  return parsed;
}

/** A process of the service in a file: its container, and what its revision or task gives it. */
export interface Process {
  readonly file: string;
  readonly command: Extract<CommandName, 'serve' | 'migrate' | 'purge' | 'backup'>;
  readonly container: Container;
  /** All containers of its revision or task. */
  readonly containers: readonly Container[];
  readonly serviceAccount: string;
  readonly volumes: readonly Volume[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** The service of the files, or undefined where its file does not have the form of one. */
export function serviceOf(files: FolderContent): Service | undefined {
  return service.safeParse(parsedFiles(files).get(serviceFile)?.object).data;
}

function processOfJob(
  files: FolderContent,
  file: string,
  command: 'migrate' | 'purge' | 'backup',
): Process[] {
  const parsed: Job | undefined = job.safeParse(parsedFiles(files).get(file)?.object).data;
  const task = parsed?.spec.template.spec.template.spec;
  const container = task?.containers[0];
  if (!parsed || !task || !container) return [];
  const annotations = parsed.spec.template.metadata.annotations ?? {};
  const { serviceAccountName: serviceAccount, volumes = [] } = task;
  const containers = [container];
  return [{ file, command, container, containers, serviceAccount, volumes, annotations }];
}

/** Every process of the service in the files that have the form which Cloud Run demands. */
export function processesOf(files: FolderContent): Process[] {
  const parsed = serviceOf(files);
  const { containers = [], serviceAccountName = '', volumes = [] } = parsed?.spec.template.spec ?? {};
  // Another name must not hide the service from the checks.
  const container = containers.find(({ name }) => name === names.app) ?? containers[0];
  const annotations = parsed?.spec.template.metadata.annotations ?? {};
  const common = { file: serviceFile, command: 'serve', serviceAccount: serviceAccountName } as const;
  return [
    ...(container ? [{ ...common, container, containers, volumes, annotations }] : []),
    ...processOfJob(files, migrateFile, 'migrate'),
    ...processOfJob(files, purgeFile, 'purge'),
    ...processOfJob(files, backupFile, 'backup'),
  ];
}

/** The files that Cloud Run mounts into a container. Only Secret Manager knows their texts. */
function mountsOf({ container, volumes }: Process): Map<string, null> {
  const paths = (container.volumeMounts ?? []).flatMap(({ mountPath, name }) => {
    const items = volumes.find((volume) => volume.name === name)?.secret.items ?? [];
    return items.map(({ path }): [string, null] => [`${mountPath.replace(/\/$/, '')}/${path}`, null]);
  });
  return new Map(paths);
}

export function toServiceContainer(process: Process): ServiceContainer {
  const { command, container, file } = process;
  const variables = container.env ?? [];
  const texts = variables.flatMap((one): [string, string][] =>
    'value' in one ? [[one.name, one.value]] : [],
  );
  const port = container.ports?.[0]?.containerPort ?? ports.http;
  return {
    file,
    name: container.name ?? command,
    command,
    // Cloud Run sets PORT of a service itself.
    env: { ...Object.fromEntries(texts), ...(command === 'serve' && { PORT: String(port) }) },
    secrets: variables.flatMap((one) => ('valueFrom' in one ? [one.name] : [])),
    mounts: mountsOf(process),
    cpus: millicpu(container.resources.limits.cpu) / 1_000,
    memoryBytes: bytes(container.resources.limits.memory),
  };
}
