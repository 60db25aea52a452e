import type { Document } from '../../../charts-ts/gate/document.ts';
import { type Loose, only } from './synthesized.ts';

const pod = (documents: Document[]): Loose => only(documents, 'Deployment').spec.template.spec;
const init = (documents: Document[]): Loose => pod(documents).initContainers[0];

/** Changes to valid manifests that violate the rules which a value of the operator can lift. */
export const podViolations: Record<string, (documents: Document[]) => void> = {
  'cpu-limit': (all) => {
    delete init(all).resources.limits.cpu;
  },
  'ephemeral-storage': (all) => {
    delete init(all).resources.limits['ephemeral-storage'];
  },
  'run-as-non-root': (all) => {
    init(all).securityContext.runAsNonRoot = false;
  },
  'pod-security-context': (all) => {
    delete pod(all).securityContext.seccompProfile;
  },
  'host-aliases': (all) => {
    pod(all).hostAliases = [{ ip: '10.0.0.5', hostnames: ['db.internal'] }];
  },
};
