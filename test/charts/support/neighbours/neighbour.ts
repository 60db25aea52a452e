import type { Document } from '../../../../charts-ts/gate/document.ts';
import type { Loose } from '../synthesized.ts';

/** An installation of a cluster with several, as its manifests are. */
export interface Neighbour {
  readonly name: string;
  readonly namespace: string;
  readonly documents: readonly Document[];
}

export const titleOf = ({ name, namespace }: Neighbour): string => `${namespace}/${name}`;
export const objectsOf = ({ documents }: Neighbour): Loose[] => documents.map(({ object }) => object);

/** The pod template of a Deployment, a Job or a CronJob. */
export const templateOf = ({ kind, spec }: Loose): Loose =>
  kind === 'CronJob' ? spec.jobTemplate.spec.template : spec?.template;
