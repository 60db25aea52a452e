import type { Document } from '../../../charts-ts/gate/document.ts';
import { type Loose, only } from './synthesized.ts';

/** Changes valid manifests so that they violate a rule. */
export type Violate = (documents: Document[]) => void;

/** Adds an object, by default in the namespace of the service. */
export function addTo(documents: Document[], object: Loose): void {
  documents.push({
    file: 'added.yaml',
    object: { ...object, metadata: { namespace: 'auth-system', ...object.metadata } },
  });
}

/** For each rule about Services, policies, Ingresses, Gateways and routes, a change that violates it. */
export const networkViolations: Record<string, Violate> = {
  'service-type': (all) => {
    only(all, 'Service').spec.type = 'NodePort';
  },
  'service-ports': (all) => {
    only(all, 'Service').spec.externalIPs = ['192.0.2.1'];
  },
  'ingress-tls': (all) => {
    delete only(all, 'Ingress').spec.tls;
  },
  'ingress-snippets': (all) => {
    only(all, 'Ingress').metadata.annotations['nginx.ingress.kubernetes.io/server-snippet'] = 'return 200;';
  },
  'ingress-class': (all) => {
    only(all, 'Ingress').metadata.annotations['kubernetes.io/ingress.class'] = 'alb';
  },
  'ingress-nginx': (all) => {
    only(all, 'Ingress').spec.ingressClassName = 'nginx';
  },
  'network-policy': (all) => {
    only(all, 'NetworkPolicy', 'auth-service-default-deny').spec.policyTypes = ['Ingress'];
  },
  'reference-backend': (all) => {
    only(all, 'Ingress').spec.rules[0].http.paths[0].backend.service.port.number = 9464;
  },
  'reference-gateway': (all) => {
    const apiVersion = 'gateway.networking.k8s.io/v1';
    const listeners = [{ name: 'http', port: 80, protocol: 'HTTP' }];
    const gateway = { apiVersion, kind: 'Gateway', metadata: { name: 'elsewhere' } };
    addTo(all, { ...gateway, spec: { gatewayClassName: 'alb', listeners } });
    const spec = { parentRefs: [{ name: 'nowhere' }], rules: [] };
    addTo(all, { apiVersion, kind: 'HTTPRoute', metadata: { name: 'lost' }, spec });
  },
  'reference-cloud': (all) => {
    only(all, 'Ingress').metadata.annotations['networking.gke.io/v1beta1.FrontendConfig'] = 'nowhere';
  },
  'reference-policy': (all) => {
    const spec = { targetRef: { group: '', kind: 'Service', name: 'nowhere' }, default: {} };
    addTo(all, {
      apiVersion: 'networking.gke.io/v1',
      kind: 'HealthCheckPolicy',
      metadata: { name: 'lost' },
      spec,
    });
  },
};
