import type { Values } from '../values/schema.ts';
import { createAks } from './aks.ts';
import type { Cloud, Entry } from './cloud.ts';
import { createController } from './controller.ts';
import { createEks } from './eks.ts';
import { createGke } from './gke.ts';

function ofName(values: Values): Cloud {
  const { eks, gke, aks } = values;
  if (values.cloud === 'eks' && eks) return createEks(values, eks);
  if (values.cloud === 'gke' && gke) return createGke(values, gke);
  if (values.cloud === 'aks' && aks) return createAks(values, aks);
  throw new Error(`no values for ${values.cloud}`);
}

/** Without a load balancer nobody is trusted to name the address of a client. */
const noEntry: Entry = {
  loadBalancer: { peers: [], proxies: [], deregistrationSeconds: 0, idleTimeoutSeconds: 0 },
  serviceAnnotations: {},
  reservedAnnotations: {},
  entryFaults: () => [],
  addIngress: () => undefined,
  addGateway: () => undefined,
};

/** The cloud that the values name. checks/check-values.ts rejects values without the block of their cloud. */
export function createCloud(values: Values): Cloud {
  const cloud = ofName(values);
  const { controller, kind } = values.ingress;
  if (kind === 'none' || (kind === 'route' && !controller)) return { ...cloud, ...noEntry };
  if (!controller) return cloud;
  return { ...cloud, namespaceLabels: {}, serviceAnnotations: {}, ...createController(values, controller) };
}
