import type { IBackendConfig } from '@kubernetes-models/gke/cloud.google.com/v1/BackendConfig';
import type { IManagedCertificate } from '@kubernetes-models/gke/networking.gke.io/v1/ManagedCertificate';
import type { IFrontendConfig } from '@kubernetes-models/gke/networking.gke.io/v1beta1/FrontendConfig';
import type { Construct } from 'constructs';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1';
import { addObject } from '../manifest.ts';
import { healthPaths, metadata, names, ports } from '../names.ts';
import type { Fault } from '../values/fault.ts';
import type { Values } from '../values/schema.ts';
import type { Cloud } from './cloud.ts';
import { addGkeGateway, gkeHealth } from './gke-gateway.ts';
import { ingressRules } from './routes.ts';

type Gke = NonNullable<Values['gke']>;

function ingressAnnotations(values: Values, gke: Gke): Record<string, string> {
  return {
    // The controller looks at this annotation only; it takes no notice of ingressClassName.
    'kubernetes.io/ingress.class': 'gce',
    'kubernetes.io/ingress.global-static-ip-name': gke.addressName,
    'networking.gke.io/v1beta1.FrontendConfig': names.app,
    ...(values.ingress.tls &&
      gke.managedCertificate && { 'networking.gke.io/managed-certificates': names.app }),
    ...(values.ingress.tls &&
      gke.preSharedCertificate && { 'ingress.gcp.kubernetes.io/pre-shared-cert': gke.preSharedCertificate }),
    ...values.ingress.annotations,
  };
}

function addBackend(scope: Construct, values: Values, gke: Gke): void {
  addObject<IBackendConfig>(scope, 'backend', {
    apiVersion: 'cloud.google.com/v1',
    kind: 'BackendConfig',
    metadata: metadata(values, names.app, { component: 'entry' }),
    spec: {
      healthCheck: {
        type: 'HTTP',
        requestPath: healthPaths.ready,
        port: ports.http,
        checkIntervalSec: gkeHealth.intervalSeconds,
        timeoutSec: gkeHealth.timeoutSeconds,
        healthyThreshold: gkeHealth.healthy,
        unhealthyThreshold: gkeHealth.unhealthy,
      },
      timeoutSec: 30,
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
    metadata: metadata(values, names.app, { component: 'entry' }),
    spec: {
      ...(values.ingress.tls && {
        redirectToHttps: { enabled: true, responseCodeName: 'MOVED_PERMANENTLY_DEFAULT' },
      }),
      ...(gke.sslPolicy && { sslPolicy: gke.sslPolicy }),
    },
  });
}

function addIngress(scope: Construct, values: Values, gke: Gke): void {
  addBackend(scope, values, gke);
  addFrontend(scope, values, gke);
  if (values.ingress.tls && gke.managedCertificate) {
    addObject<IManagedCertificate>(scope, 'certificate', {
      apiVersion: 'networking.gke.io/v1',
      kind: 'ManagedCertificate',
      metadata: metadata(values, names.app, { component: 'entry' }),
      spec: { domains: [values.ingress.host] },
    });
  }
  addObject<IIngress>(scope, 'ingress', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(values, names.ingress, {
      component: 'entry',
      annotations: ingressAnnotations(values, gke),
    }),
    // No spec.tls: GKE would look for a Secret; the certificate is the load balancer's own.
    spec: { rules: ingressRules(values, ports.http) },
  });
}

function* faults(values: Values, gke: Gke): Iterable<Fault> {
  const { kind, tls } = values.ingress;
  if (kind === 'ingress' && tls && !gke.managedCertificate && !gke.preSharedCertificate) {
    yield {
      path: 'gke.preSharedCertificate',
      message: 'is required while ingress.tls is true and managedCertificate false',
    };
  }
  if (kind === 'gateway' && tls && !gke.certificateMap && !gke.preSharedCertificate) {
    yield {
      path: 'gke.certificateMap',
      message: '(or gke.preSharedCertificate) is required for a Gateway with TLS',
    };
  }
  if (values.secrets.source === 'external' && !gke.secretsServiceAccount) {
    yield { path: 'gke.secretsServiceAccount', message: 'is required while secrets.source is external' };
  }
}

/** Google GKE with the load balancers that it manages itself. */
export function createGke(values: Values, gke: Gke): Cloud {
  const isIngress = values.ingress.kind === 'ingress';
  return {
    loadBalancer: {
      peers: gke.loadBalancerCidrs.map((cidr) => ({ cidr })),
      // X-Forwarded-For ends in "client, load balancer": its own address has to be stepped over as well.
      proxies: [...gke.loadBalancerCidrs, `${gke.address}/${gke.address.includes(':') ? 128 : 32}`],
      noticeSeconds: gke.drainingTimeoutSeconds,
      idleSeconds: 600,
    },
    namespaceLabels: {},
    serviceAnnotations: isIngress
      ? {
          'cloud.google.com/neg': '{"ingress": true}',
          'cloud.google.com/backend-config': `{"default": "${names.app}"}`,
        }
      : {},
    secretStore: {
      provider: {
        gcpsm: {
          projectID: gke.project,
          // Without it External Secrets would read with its own identity, for every namespace alike.
          auth: { workloadIdentity: { serviceAccountRef: { name: names.secretsReader } } },
        },
      },
      serviceAccountAnnotations: { 'iam.gke.io/gcp-service-account': gke.secretsServiceAccount ?? '' },
    },
    faults: () => faults(values, gke),
    addEntry(scope) {
      if (values.ingress.kind === 'gateway') addGkeGateway(scope, values, gke);
      else addIngress(scope, values, gke);
    },
  };
}
