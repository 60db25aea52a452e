import { names } from '../../names.ts';
import type { FolderContent } from '../../output/output-folder.ts';
import type { ServiceContainer } from '../../workload/service-container.ts';
import type { ComposeService } from './document.ts';
import { defaultText } from './environment.ts';
import { composeFile, readCompose } from './files.ts';

/** The paths that a container sees. Their content is on the machine of the developer. */
const mountsOf = ({ volumes = [] }: ComposeService): Map<string, null> =>
  new Map(volumes.map(({ target }) => [target, null]));

/** The process of the service, with the values that apply without .env. A file that cannot be read has findings instead. */
export function* serviceContainers(files: FolderContent): Iterable<ServiceContainer> {
  const service = readCompose(files).document?.services[names.app];
  if (!service) return;
  const environment = Object.entries(service.environment ?? {});
  yield {
    file: composeFile,
    name: names.app,
    command: 'serve',
    env: Object.fromEntries(environment.map(([name, text]) => [name, defaultText(text)])),
    secrets: [],
    mounts: mountsOf(service),
    cpus: Number(service.cpus),
    memoryBytes: Number(service.mem_limit),
  };
}
