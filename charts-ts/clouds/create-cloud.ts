import type { Values } from '../values/schema.ts';
import { createAks } from './aks.ts';
import type { Cloud } from './cloud.ts';
import { createEks } from './eks.ts';
import { createGke } from './gke.ts';

/** The cloud that the values name. checks/check-values.ts rejects values without the block of their cloud. */
export function createCloud(values: Values): Cloud {
  const { eks, gke, aks } = values;
  if (values.cloud === 'eks' && eks) return createEks(values, eks);
  if (values.cloud === 'gke' && gke) return createGke(values, gke);
  if (values.cloud === 'aks' && aks) return createAks(values, aks);
  throw new Error(`no values for ${values.cloud}`);
}
