import type { UnusualCluster } from './cluster.ts';

/** Manifests that an operator wants beside ours. */
export const extraObjects: readonly UnusualCluster[] = [
  {
    title: 'a ServiceEntry of Istio, a certificate of cert-manager, and a SealedSecret',
    values: `
extraObjects:
  - apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: { name: postgres }
    spec: { hosts: [db.internal], ports: [{ number: 5432, name: tcp, protocol: TCP }], resolution: DNS }
  - apiVersion: cert-manager.io/v1
    kind: Certificate
    metadata: { name: api, labels: { app.kubernetes.io/component: tls, team: identity }, annotations: { note: a } }
    spec: { secretName: api-tls, dnsNames: [api.example.com], issuerRef: { name: le, kind: ClusterIssuer } }
  - apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata: { name: auth-secrets, namespace: vault }
    spec: { encryptedData: { db-url: AgB } }`,
    output: {
      'ServiceEntry/postgres': {
        metadata: {
          namespace: 'auth-system',
          annotations: null,
          labels: {
            app: null,
            'app.kubernetes.io/component': 'extra',
            'app.kubernetes.io/instance': 'auth-service',
            'app.kubernetes.io/managed-by': 'cdk8s',
          },
        },
        spec: { hosts: ['db.internal'] },
      },
      'Certificate/api': {
        metadata: {
          annotations: { note: 'a' },
          labels: {
            'app.kubernetes.io/component': 'tls',
            team: 'identity',
            'app.kubernetes.io/part-of': 'auth-system',
          },
        },
      },
      'SealedSecret/auth-secrets': {
        metadata: { namespace: 'vault' },
        spec: { encryptedData: { 'db-url': 'AgB' } },
      },
    },
  },
  {
    title: 'objects without a namespace, of Kubernetes and of others',
    values: `
extraObjects:
  - { apiVersion: cert-manager.io/v1, kind: ClusterIssuer, metadata: { name: internal }, spec: { selfSigned: {} } }
  - { apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: { name: auth-db }, spec: { instances: 3 } }
  - { apiVersion: example.org/v1, kind: Realm, metadata: { name: all, namespace: null } }`,
    clouds: ['gke'],
    output: {
      'ClusterIssuer/internal': { metadata: { namespace: null } },
      'Cluster/auth-db': { metadata: { namespace: 'auth-system' } },
      'Realm/all': { metadata: { namespace: null } },
    },
  },
  {
    title: 'an object of Kubernetes with a misspelt field',
    values: `
extraObjects:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: notes }, dta: { owner: identity } }`,
    clouds: ['eks'],
    refused: ['14-extra-objects.yaml ConfigMap/notes: dta is not a known field [schema]'],
  },
  {
    title: 'a kind that Kubernetes does not have',
    values: 'extraObjects: [{ apiVersion: v1, kind: ConfigMapp, metadata: { name: notes } }]',
    clouds: ['eks'],
    refused: [
      '14-extra-objects.yaml ConfigMapp/notes: the gate has no schema for the kind v1 ConfigMapp [schema]',
    ],
  },
  {
    title: 'what is no manifest',
    values: 'extraObjects: [{ kind: ConfigMap }, { apiVersion: v1, kind: configmap, metadata: {} }]',
    clouds: ['eks'],
    refused: [
      'extraObjects[0].apiVersion: is required',
      'extraObjects[0].metadata: is required',
      'extraObjects[1].kind: must be a kind such as ConfigMap',
      'extraObjects[1].metadata.name: is required',
    ],
  },
  {
    title: 'a Secret with its texts, which would be committed',
    values:
      'extraObjects: [{ apiVersion: v1, kind: Secret, metadata: { name: extra }, stringData: { a: b } }]',
    clouds: ['aks'],
    refused: [
      '14-extra-objects.yaml Secret/extra: must not contain data or stringData, because this output is committed to git [no-secrets: KSV-0109, C-0012, secretlint k8s-kind-secret]',
    ],
  },
  {
    title: 'an object that the charts write already',
    values:
      'extraObjects: [{ apiVersion: v1, kind: ServiceAccount, metadata: { name: auth-service }, automountServiceAccountToken: false }]',
    clouds: ['aks'],
    refused: [
      '14-extra-objects.yaml ServiceAccount/auth-service: must be defined only once [reference-unique]',
    ],
  },
  {
    title: 'an object of one’s own that a patch changes',
    values: `
extraObjects: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: notes }, data: { owner: identity } }]
patches: [{ target: { kind: ConfigMap, name: notes }, patch: { data: { owner: platform } } }]`,
    clouds: ['eks'],
    output: { 'ConfigMap/notes': { data: { owner: 'platform' } } },
  },
];
