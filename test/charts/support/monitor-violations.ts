import type { Document } from '../../../charts-ts/gate/document.ts';
import { only } from './synthesized.ts';

/** A change to valid manifests. */
export type Violate = (documents: Document[]) => void;

/** For each rule about monitors, a change that violates it. */
export const monitorViolations: Readonly<Record<string, Violate>> = {
  'reference-monitor': (all) => {
    only(all, 'ServiceMonitor').spec.endpoints[0].port = 'prometheus';
  },
  'reference-pod-monitor': (all) => {
    const spec = {
      selector: { matchLabels: { app: 'auth-service' } },
      podMetricsEndpoints: [{ port: 'http2' }],
    };
    const metadata = { name: 'lost', namespace: 'auth-system' };
    const object = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', metadata, spec };
    all.push({ file: 'added.yaml', object });
  },
};
