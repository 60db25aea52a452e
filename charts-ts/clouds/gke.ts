import type { IBackendConfig } from '@kubernetes-models/gke/cloud.google.com/v1/BackendConfig';
import type { IManagedCertificate } from '@kubernetes-models/gke/networking.gke.io/v1/ManagedCertificate';
import type { IFrontendConfig } from '@kubernetes-models/gke/networking.gke.io/v1beta1/FrontendConfig';
import type { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { accountsOf, loadBalancerPath, metadata, namesOf, ports } from '../names.ts';
import type { Gke, Values } from '../values/schema.ts';
import { type Cloud, readsCloudStore } from './cloud.ts';
import { hasOwnGateway, needsCloudCertificate } from './gateway.ts';
import { addGkeGateway, gkeHealthCheck } from './gke-gateway.ts';
import { hostsOf, ingressTls } from './hosts.ts';
import { addIngress } from './ingress.ts';

const internalClass = 'gce-internal';
const isInternal = ({ ingress }: Values): boolean => ingress.className === internalClass;

/** Whether Google issues the certificate. A Secret takes its place. */
const isManaged = (values: Values, gke: Gke): boolean =>
  gke.managedCertificate && needsCloudCertificate(values);

/** An internal load balancer has a regional address, and neither redirects nor managed certificates. */
function ingressAnnotations(values: Values, gke: Gke): Record<string, string> {
  const { className = 'gce', tls } = values.ingress;
  const scope = isInternal(values) ? 'regional' : 'global';
  return {
    // The controller reads only this annotation and ignores spec.ingressClassName.
    'kubernetes.io/ingress.class': className,
    [`kubernetes.io/ingress.${scope}-static-ip-name`]: gke.addressName ?? '',
    ...(isInternal(values)
      ? tls && { 'kubernetes.io/ingress.allow-http': 'false' }
      : { 'networking.gke.io/v1beta1.FrontendConfig': namesOf(values).app }),
    ...(isManaged(values, gke) && { 'networking.gke.io/managed-certificates': namesOf(values).app }),
    ...(tls &&
      gke.preSharedCertificate && { 'ingress.gcp.kubernetes.io/pre-shared-cert': gke.preSharedCertificate }),
  };
}

/** Annotations that other values set, each with the value. */
const reservedAnnotations = {
  ingress: {
    'kubernetes.io/ingress.global-static-ip-name': 'use gke.addressName',
    'kubernetes.io/ingress.regional-static-ip-name': 'use gke.addressName',
    'networking.gke.io/v1beta1.FrontendConfig': 'use gke.sslPolicy',
    'networking.gke.io/managed-certificates': 'use gke.managedCertificate',
    'ingress.gcp.kubernetes.io/pre-shared-cert': 'use gke.preSharedCertificate',
  },
  gateway: { 'networking.gke.io/certmap': 'use gke.certificateMap' },
};

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
  if (!isInternal(values)) addFrontend(scope, values, gke);
  if (isManaged(values, gke)) {
    addObject<IManagedCertificate>(scope, 'certificate', {
      apiVersion: 'networking.gke.io/v1',
      kind: 'ManagedCertificate',
      metadata: metadata(values, namesOf(values).app, { component: 'entry' }),
      spec: { domains: hostsOf(values).map(({ host }) => host) },
    });
  }
  // Without a Secret no spec.tls, because GKE would look for one. The load balancer has the certificate then.
  const tls = values.ingress.tls ? ingressTls(values).filter(({ secretName }) => secretName) : [];
  addIngress(scope, values, ingressAnnotations(values, gke), tls.length > 0 ? { tls } : {});
}

function* entryFaults(values: Values, gke: Gke): Iterable<string> {
  const { className = 'gce', kind } = values.ingress;
  const { certificateMap, managedCertificate, preSharedCertificate } = gke;
  const needsCertificate = needsCloudCertificate(values);
  if (gke.loadBalancerCidrs.length === 0)
    yield 'gke.loadBalancerCidrs: must name the addresses of the Google front ends, because only they reach the pods';
  if (!gke.address)
    yield 'gke.address: is required: the load balancer appends its own address to X-Forwarded-For';
  if (hasOwnGateway(values) && !gke.addressName)
    yield 'gke.addressName: is required: name the reserved address of the load balancer';
  if (kind === 'ingress' && !['gce', internalClass].includes(className))
    yield `ingress.controller: must be set, because ${className} is not a class of the GKE Ingress controller: gce or ${internalClass}`;
  if (kind === 'ingress' && isInternal(values) && isManaged(values, gke))
    yield 'gke.managedCertificate: must be false, because ingress.className is gce-internal: name a regional certificate in gke.preSharedCertificate, or a Secret in ingress.tlsSecretName';
  if (kind === 'ingress' && needsCertificate && !managedCertificate && !preSharedCertificate)
    yield 'gke.preSharedCertificate: is required because ingress.tls is true and gke.managedCertificate is false: name the certificate, or set gke.managedCertificate to true';
  if (kind === 'gateway' && needsCertificate && !certificateMap && !preSharedCertificate)
    yield 'gke.certificateMap: is required for a Gateway with TLS: name a certificate map, or set gke.preSharedCertificate instead';
}

/** X-Forwarded-For ends in "client, load balancer". Of IPv6 it answers on the whole /64, and appends the address that the client chose. */
const ownAddress = (address: string): string => `${address}/${address.includes(':') ? 64 : 32}`;

/** Google GKE with its own load balancers. */
export function createGke(values: Values, gke: Gke): Cloud {
  const isIngress = values.ingress.kind === 'ingress';
  return {
    loadBalancer: {
      peers: gke.loadBalancerCidrs.map((cidr) => ({ cidr })),
      // The address of the load balancer is a trusted proxy too.
      proxies: [...gke.loadBalancerCidrs, ...(gke.address ? [ownAddress(gke.address)] : [])],
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
    reservedAnnotations: isIngress ? reservedAnnotations.ingress : reservedAnnotations.gateway,
    secretStore: {
      provider: {
        gcpsm: {
          projectID: gke.project ?? '',
          // Without it, the operator would read the store with its own identity, which serves all namespaces.
          auth: { workloadIdentity: { serviceAccountRef: { name: accountsOf(values).secretsReader } } },
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
      if (readsCloudStore(values.secrets) && !gke.project)
        yield 'gke.project: is required because secrets.source is external: name the project of the Secret Manager';
      if (readsCloudStore(values.secrets) && !gke.secretsServiceAccount)
        yield 'gke.secretsServiceAccount: is required because secrets.source is external: give the Google service account that may read the secrets';
    },
    entryFaults: () => entryFaults(values, gke),
    addIngress: (scope) => addGkeIngress(scope, values, gke),
    addGateway: (scope) => addGkeGateway(scope, values, gke),
  };
}
