import type { Tree } from '../../../values/merge.ts';
import type { ServiceContainer } from '../../../workload/service-container.ts';
import { containerNames } from '../ecs-names.ts';
import { listOf, type Resource, type Template, textOf, treeOf } from './template.ts';

/** A container of a task definition as the template describes it. */
export interface Container {
  readonly task: Resource;
  readonly name: string;
  readonly definition: Tree;
  readonly env: Readonly<Record<string, string>>;
  /** What the secrets come from, by variable. */
  readonly secrets: Readonly<Record<string, unknown>>;
}

function pairsOf(list: unknown, key: 'Value' | 'ValueFrom'): [string, unknown][] {
  return listOf(list).map((item) => [textOf(treeOf(item).Name), treeOf(item)[key]]);
}

/** All containers of all task definitions, in their order. */
export function containersOf(template: Template): Container[] {
  return template.ofType('AWS::ECS::TaskDefinition').flatMap((task) =>
    listOf(task.properties.ContainerDefinitions)
      .map(treeOf)
      .map((definition) => ({
        task,
        name: textOf(definition.Name),
        definition,
        env: Object.fromEntries(
          pairsOf(definition.Environment, 'Value').map(([name, value]) => [
            name,
            String(template.resolve(value) ?? ''),
          ]),
        ),
        secrets: Object.fromEntries(pairsOf(definition.Secrets, 'ValueFrom')),
      })),
  );
}

const commands: Readonly<Record<string, ServiceContainer['command']>> = {
  [containerNames.service]: 'serve',
  [containerNames.portKeeper]: 'keep-port',
  [containerNames.migrate]: 'migrate',
  [containerNames.purge]: 'purge',
  [containerNames.backup]: 'backup',
};

/** The files in the volumes of a container, which another container of the task writes. */
function mountsOf(container: Container, all: readonly Container[]): Map<string, string | null> {
  const writer = all.find(({ env, task }) => task === container.task && env.PUBLIC_KEYS);
  const keys = Object.entries(treeOf(JSON.parse(writer?.env.PUBLIC_KEYS ?? '{}')));
  const folders = listOf(container.definition.MountPoints).map((point) =>
    textOf(treeOf(point).ContainerPath),
  );
  return new Map(
    folders.flatMap((folder) => keys.map(([name, pem]) => [`${folder}/${name}.pem`, textOf(pem)] as const)),
  );
}

/** The processes of the service, for the parser of its configuration. */
export function serviceContainers(template: Template): ServiceContainer[] {
  const all = containersOf(template);
  return all.flatMap((container) => {
    const command = commands[container.name];
    const { definition, env, name, secrets, task } = container;
    if (!command) return [];
    const memoryMib = Number(definition.Memory ?? task.properties.Memory);
    return [
      {
        file: template.file,
        name,
        command,
        env,
        secrets: Object.keys(secrets),
        mounts: mountsOf(container, all),
        cpus: Number(task.properties.Cpu) / 1_024,
        memoryBytes: memoryMib * 2 ** 20,
      },
    ];
  });
}
