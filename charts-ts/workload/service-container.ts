import { ConfigError, type Files, parseConfig, requiredInProduction } from '../../app/config/config.ts';

/** A process of the service as the finished files of a target start it. */
export interface ServiceContainer {
  /** The file that describes the container, for the messages. */
  readonly file: string;
  readonly name: string;
  readonly command: 'serve' | 'keep-port' | 'migrate' | 'purge' | 'backup';
  /** The variables whose text is in the files. */
  readonly env: Readonly<Record<string, string>>;
  /** The variables whose text the platform takes from its secret store, or sets itself. */
  readonly secrets: readonly string[];
  /** The mounted files by path, with null for a text that only the platform knows. */
  readonly mounts: ReadonlyMap<string, string | null>;
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Where the parser finds a secret that a variable holds, as if its file were mounted. */
const secretFile = '/secret-of-the-platform';

function filesOf({ mounts }: ServiceContainer): Files {
  return {
    read(path) {
      if (path === secretFile) return null;
      const text = mounts.get(path);
      if (text === undefined) throw new Error(`${path} is not mounted`);
      return text;
    },
    list(folder) {
      const prefix = `${folder}/`;
      if (!mounts.has(folder) && ![...mounts.keys()].some((path) => path.startsWith(prefix))) {
        throw new Error(`${folder} is not mounted`);
      }
      return [...mounts.keys()]
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length));
    },
  };
}

/** Variables that production demands and that the container does not get, whatever its ENV is. */
function missing({ command, env, secrets }: ServiceContainer): string[] {
  if (command !== 'serve') return [];
  const given = new Set([...Object.keys(env), ...secrets]);
  return requiredInProduction
    .filter((name) => ![name, `${name}_FILE`].some((form) => given.has(form)))
    .map((name) => `${name} is required in production, and the target does not set it`);
}

/** What the service itself would report of the environment of a container: `VARIABLE what is wrong with it`. */
export function containerFaults(container: ServiceContainer): readonly string[] {
  const secrets = container.secrets.map((name): [string, string] => [`${name}_FILE`, secretFile]);
  const machine = { cpus: container.cpus, hasCpuQuota: true, memoryBytes: container.memoryBytes };
  const absent = missing(container);
  try {
    const env = { ...container.env, ...Object.fromEntries(secrets) };
    parseConfig(env, machine, filesOf(container), container.command);
    return absent;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const others = absent.filter(
      (line) => !error.faults.some((fault) => fault.startsWith(`${line.split(' ')[0]} `)),
    );
    return [...error.faults, ...others];
  }
}
