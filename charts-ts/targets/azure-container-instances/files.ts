import { names } from '../../names.ts';
import type { FolderContent } from '../../output/output-folder.ts';
import type { ServiceContainer } from '../../workload/service-container.ts';
import {
  type Container,
  type GroupProperties,
  groupProperties,
  type Resource,
  type Template,
  template,
} from './document.ts';
import { inner, isExpression, literalText, resources, types } from './expressions.ts';

export const templateFile = 'template.json';
export const parametersFile = 'parameters.json';

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The template of the files, or undefined where its file does not have the form of one. */
export function templateOf(files: FolderContent): Template | undefined {
  return template.safeParse(parseJson(files.get(templateFile) ?? '')).data;
}

/** A container group, with a name that an operator recognizes: the number of the group instead of its expression. */
export interface Group {
  readonly title: string;
  readonly resource: Resource;
  readonly properties: GroupProperties;
}

export function titleOf({ name }: Resource): string {
  const [, format, parameter] = /^\[format\('([^']+)', parameters\('(\w+)'\)\)\]$/.exec(name) ?? [];
  return format && parameter ? format.replace('{0}', parameter.toUpperCase()) : name;
}

/** The groups that have the form which the rules read. */
export function groupsOf(parsed: Template | undefined): Group[] {
  const [type] = types.containerGroup;
  return (parsed?.resources ?? [])
    .filter((resource) => resource.type === type)
    .flatMap((resource) => {
      const properties = groupProperties.safeParse(resource.properties).data;
      return properties ? [{ title: titleOf(resource), resource, properties }] : [];
    });
}

export interface Process {
  readonly command: ServiceContainer['command'];
  readonly container: Container;
  readonly group: Group;
}

/** Every process of the service: the containers of each group, and its init containers, which migrate. */
export function processesOf(groups: readonly Group[]): Process[] {
  return groups.flatMap((group) => {
    const command = group.resource.name === resources.purge ? 'purge' : 'serve';
    const of = (container: Container, name: Process['command']): Process => ({
      command: name,
      container,
      group,
    });
    return [
      ...(group.properties.initContainers ?? []).map((container) => of(container, 'migrate')),
      ...group.properties.containers.map((container) => of(container, command)),
    ];
  });
}

function mountsOf({ container, group }: Process): Map<string, string> {
  const mounts = container.properties.volumeMounts ?? [];
  const files = mounts.flatMap(({ mountPath, name }) => {
    const secret = group.properties.volumes?.find((volume) => volume.name === name)?.secret ?? {};
    return Object.entries(secret).map(([file, text]): [string, string] => [
      `${mountPath}/${file}`,
      Buffer.from(text, 'base64').toString('utf8'),
    ]);
  });
  return new Map(files);
}

/** The parameter that a secure value names, or undefined. */
export function parameterIn(value: string | undefined): string | undefined {
  if (value === undefined || !isExpression(value)) return undefined;
  return /^parameters\('(\w+)'\)$/.exec(inner(value))?.[1];
}

export function toServiceContainer(process: Process): ServiceContainer {
  const { command, container, group } = process;
  const variables = container.properties.environmentVariables ?? [];
  const texts = variables.flatMap(({ name, value }): [string, string][] =>
    value === undefined ? [] : [[name, literalText(value)]],
  );
  // An init container has no size of its own: it may use what its group has.
  const sizes = container.properties.resources ?? group.properties.containers[0]?.properties.resources;
  return {
    file: templateFile,
    name: `${container.name === names.app ? '' : `${container.name} of `}${group.title}`,
    command,
    env: Object.fromEntries(texts),
    secrets: variables.flatMap(({ name, secureValue }) => (secureValue === undefined ? [] : [name])),
    mounts: mountsOf(process),
    cpus: sizes?.requests.cpu ?? 1,
    memoryBytes: (sizes?.requests.memoryInGB ?? 1.5) * 2 ** 30,
  };
}
