import { parse } from 'yaml';
import { z } from 'zod';
import type { FolderContent } from '../../output/output-folder.ts';
import type { ServiceContainer } from '../../workload/service-container.ts';
import { composeFile, directory } from './layout.ts';

const texts = z.array(z.string()).default([]);
const conditions = z.record(z.string(), z.object({ condition: z.string() })).default({});

/** The part of a Compose file that the rules read. `docker compose config` checks the rest. */
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string().default(''),
      user: z.string().optional(),
      command: texts,
      environment: z.record(z.string(), z.string()).default({}),
      secrets: texts,
      volumes: texts,
      ports: z.array(z.unknown()).default([]),
      profiles: texts,
      network_mode: z.string().optional(),
      networks: z.record(z.string(), z.object({ ipv4_address: z.string().optional() })).default({}),
      depends_on: conditions,
      read_only: z.boolean().default(false),
      cap_drop: texts,
      security_opt: texts,
      restart: z.string().optional(),
      stop_grace_period: z.string().default('10s'),
      logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }).optional(),
      healthcheck: z.object({ test: texts }).optional(),
      cpus: z.string().default(''),
      mem_limit: z.string().default(''),
    }),
  ),
  networks: z.record(
    z.string(),
    z.object({ ipam: z.object({ config: z.array(z.object({ gateway: z.string() })) }) }),
  ),
  secrets: z.record(z.string(), z.object({ file: z.string() })).default({}),
});

export type Compose = z.infer<typeof composeSchema>;
export type ComposeService = Compose['services'][string];

/** What is wrong with the file, or its content. */
export function readCompose(files: FolderContent): { compose?: Compose; fault?: string } {
  let tree: unknown;
  try {
    tree = parse(files.get(composeFile) ?? '');
  } catch (error) {
    // The parser says where, and then shows the lines.
    return { fault: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
  const result = composeSchema.safeParse(tree);
  if (result.success) return { compose: result.data };
  const [issue] = result.error.issues;
  return { fault: `${issue?.path.join('.') || 'the file'}: ${issue?.message}` };
}

const units: Record<string, number> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes of a limit such as 512m. */
export const memoryBytes = (text: string): number =>
  Number.parseInt(text, 10) * (units[text.slice(-1)] ?? Number.NaN);

/** Compose reads two dollar signs as one. */
const unescaped = (text: string): string => text.replaceAll('$$', '$');

/** The files and folders that a container sees, with the text of those that synth has written. */
function mountsOf({ secrets, volumes }: ComposeService, files: FolderContent): Map<string, string | null> {
  const seen = new Map<string, string | null>(secrets.map((name) => [`/run/secrets/${name}`, null]));
  for (const volume of volumes) {
    const [source = '', target = ''] = volume.split(':');
    const file = source.replace(`${directory}/`, '');
    seen.set(target, files.get(file) ?? null);
    for (const [name, text] of files)
      if (name.startsWith(`${file}/`)) seen.set(`${target}${name.slice(file.length)}`, text);
  }
  return seen;
}

const commands = ['migrate', 'purge', 'backup'] as const;

/** Every process of the service: the containers that get ENV. */
export function* serviceContainers(files: FolderContent): Iterable<ServiceContainer> {
  for (const [name, service] of Object.entries(readCompose(files).compose?.services ?? {})) {
    const { command, cpus, environment, mem_limit } = service;
    if (!('ENV' in environment)) continue;
    yield {
      file: composeFile,
      name,
      command: commands.find((one) => one === command[0]) ?? 'serve',
      env: Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, unescaped(text)])),
      secrets: [],
      mounts: mountsOf(service, files),
      cpus: Number(cpus),
      memoryBytes: memoryBytes(mem_limit),
    };
  }
}
