import type { IBackendConfig } from '@kubernetes-models/gke/cloud.google.com/v1/BackendConfig';
import type { IManagedCertificate } from '@kubernetes-models/gke/networking.gke.io/v1/ManagedCertificate';
import type { IFrontendConfig } from '@kubernetes-models/gke/networking.gke.io/v1beta1/FrontendConfig';
import type { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { loadBalancerPath, metadata, namesOf, ports } from '../names.ts';
import type { Gke, Values } from '../values/schema.ts';
import { type Cloud, readsCloudStore } from './cloud.ts';
import { addGkeGateway, gkeHealthCheck } from './gke-gateway.ts';
import { addIngress } from './routing.ts';

function ingressAnnotations(values: Values, gke: Gke): Record<string, string> {
  return {
    // The controller reads only this annotation and ignores spec.ingressClassName.
    'kubernetes.io/ingress.class': 'gce',
    'kubernetes.io/ingress.global-static-ip-name': gke.addressName,
    'networking.gke.io/v1beta1.FrontendConfig': namesOf(values).app,
    ...(values.ingress.tls &&
      gke.managedCertificate && { 'networking.gke.io/managed-certificates': namesOf(values).app }),
    ...(values.ingress.tls &&
      gke.preSharedCertificate && { 'ingress.gcp.kubernetes.io/pre-shared-cert': gke.preSharedCertificate }),
  };
}

function addBackend(scope: Construct, values: Values, gke: Gke): void {
  addObject<IBackendConfig>(scope, 'backend', {
    apiVersion: 'cloud.google.com/v1',
    kind: 'BackendConfig',
    metadata: metadata(values, namesOf(values).app, { component: 'entry' }),
    spec: {
      healthCheck: { type: 'HTTP', requestPath: loadBalancerPath, port: ports.http, ...gkeHealthCheck },
      // Google's time for a whole response. A data export may take as long as exportDeadline of the service.
      timeoutSec: 900,
      connectionDraining: { drainingTimeoutSec: gke.drainingTimeoutSeconds },
      logging: { enable: true, sampleRate: 1 },
      ...(gke.securityPolicy && { securityPolicy: { name: gke.securityPolicy } }),
    },
  });
}

function addFrontend(scope: Construct, values: Values, gke: Gke): void {
  addObject<IFrontendConfig>(scope, 'frontend', {
    apiVersion: 'networking.gke.io/v1beta1',
    kind: 'FrontendConfig',
    metadata: metadata(values, namesOf(values).app, { component: 'entry' }),
    spec: {
      ...(values.ingress.tls && {
        redirectToHttps: { enabled: true, responseCodeName: 'MOVED_PERMANENTLY_DEFAULT' },
      }),
      ...(gke.sslPolicy && { sslPolicy: gke.sslPolicy }),
    },
  });
}

function addGkeIngress(scope: Construct, values: Values, gke: Gke): void {
  addBackend(scope, values, gke);
  addFrontend(scope, values, gke);
  if (values.ingress.tls && gke.managedCertificate) {
    addObject<IManagedCertificate>(scope, 'certificate', {
      apiVersion: 'networking.gke.io/v1',
      kind: 'ManagedCertificate',
      metadata: metadata(values, namesOf(values).app, { component: 'entry' }),
      spec: { domains: [values.ingress.host] },
    });
  }
  // No spec.tls, because GKE would look for a Secret. The load balancer has the certificate.
  addIngress(scope, values, ingressAnnotations(values, gke), {});
}

/** Google GKE with its own load balancers. */
export function createGke(values: Values, gke: Gke): Cloud {
  const isIngress = values.ingress.kind === 'ingress';
  return {
    loadBalancer: {
      peers: gke.loadBalancerCidrs.map((cidr) => ({ cidr })),
      // X-Forwarded-For ends in "client, load balancer", so the address of the load balancer is a trusted proxy too. Of IPv6
      // it answers on the whole /64, and appends the address that the client chose.
      proxies: [...gke.loadBalancerCidrs, `${gke.address}/${gke.address.includes(':') ? 64 : 32}`],
      deregistrationSeconds: gke.drainingTimeoutSeconds,
      // The load balancer has this fixed value.
      idleTimeoutSeconds: 600,
    },
    serviceAnnotations: isIngress
      ? {
          'cloud.google.com/neg': '{"ingress": true}',
          'cloud.google.com/backend-config': `{"default": "${namesOf(values).app}"}`,
        }
      : {},
    secretStore: {
      provider: {
        gcpsm: {
          projectID: gke.project,
          // Without it, the operator would read the store with its own identity, which serves all namespaces.
          auth: { workloadIdentity: { serviceAccountRef: { name: namesOf(values).secretsReader } } },
        },
      },
      serviceAccountAnnotations: { 'iam.gke.io/gcp-service-account': gke.secretsServiceAccount ?? '' },
    },
    // The metadata server of the node: its addresses of Dataplane V2 and of clusters without it.
    workloadIdentity: (account) => ({
      annotations: { 'iam.gke.io/gcp-service-account': account },
      podLabels: {},
      egress: [
        { peers: [{ cidr: '169.254.169.254/32' }], port: 80 },
        { peers: [{ cidr: '169.254.169.252/32' }], port: 988 },
      ],
    }),
    *faults() {
      const { kind, tls } = values.ingress;
      if (kind === 'ingress' && tls && !gke.managedCertificate && !gke.preSharedCertificate)
        yield 'gke.preSharedCertificate: is required because ingress.tls is true and gke.managedCertificate is false: name the certificate, or set gke.managedCertificate to true';
      if (kind === 'gateway' && tls && !gke.certificateMap && !gke.preSharedCertificate)
        yield 'gke.certificateMap: is required for a Gateway with TLS: name a certificate map, or set gke.preSharedCertificate instead';
      if (readsCloudStore(values.secrets) && !gke.secretsServiceAccount)
        yield 'gke.secretsServiceAccount: is required because secrets.source is external: give the Google service account that may read the secrets';
    },
    addIngress: (scope) => addGkeIngress(scope, values, gke),
    addGateway: (scope) => addGkeGateway(scope, values, gke),
  };
}
