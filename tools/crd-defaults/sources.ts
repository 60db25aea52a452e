/** Where the CRDs of a project are: its Go module, the oldest and the newest version that the charts support. */
export interface CrdSource {
  readonly module: string;
  readonly oldest: string;
  readonly newest: string;
  /** The files of the CRDs, from the root of the module. */
  readonly files: RegExp;
  readonly kinds: readonly string[];
}

/** Every project whose custom resources the charts write, or that operators often add to them. */
export const crdSources: readonly CrdSource[] = [
  {
    module: 'sigs.k8s.io/gateway-api',
    // The first one whose standard channel has spec.infrastructure of a Gateway.
    oldest: 'v1.2.1',
    newest: 'v1.6.1',
    files: /^config\/crd\/standard\/gateway\.networking\.k8s\.io_\w+\.yaml$/,
    kinds: ['Gateway', 'HTTPRoute', 'ReferenceGrant'],
  },
  {
    module: 'github.com/external-secrets/external-secrets',
    oldest: 'v1.3.2',
    newest: 'v1.3.2',
    files: /^config\/crds\/bases\/external-secrets\.io_(external|secret|clustersecret)\w+\.yaml$/,
    kinds: ['ExternalSecret', 'SecretStore', 'ClusterSecretStore'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    oldest: 'v0.85.0',
    newest: 'v0.85.0',
    files:
      /^example\/prometheus-operator-crd\/monitoring\.coreos\.com_(servicemonitors|podmonitors|prometheusrules)\.yaml$/,
    kinds: ['ServiceMonitor', 'PodMonitor', 'PrometheusRule'],
  },
  {
    module: 'github.com/kedacore/keda/v2',
    oldest: 'v2.15.1',
    newest: 'v2.21.0',
    files: /^config\/crd\/bases\/keda\.sh_\w+\.yaml$/,
    kinds: ['ScaledObject', 'TriggerAuthentication', 'ClusterTriggerAuthentication'],
  },
  {
    module: 'github.com/cilium/cilium',
    oldest: 'v1.15.6',
    newest: 'v1.20.2',
    files: /^pkg\/k8s\/apis\/cilium\.io\/client\/crds\/v2\/cilium(clusterwide)?networkpolicies\.yaml$/,
    kinds: ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
  },
  {
    module: 'github.com/cert-manager/cert-manager',
    oldest: 'v1.21.2',
    newest: 'v1.21.2',
    files: /^deploy\/crds\/.*\.yaml$/,
    kinds: ['Certificate', 'Issuer', 'ClusterIssuer'],
  },
];
