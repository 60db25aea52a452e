/** A finding that a scanner of manifests reports, and the charts leave. */
export interface ScannerFinding {
  /** Ids of the checks, by scanner. */
  readonly ids: Readonly<Partial<Record<ScannerName, readonly string[]>>>;
  /** Where, if not in the output of the default values on every cloud. */
  readonly where?: string;
  /** Values for --set with which the test provokes the finding. */
  readonly values?: string;
  readonly reason: string;
}

/** Versions whose findings test/deployments/scanners.deploy.ts compares with this list. null: never run here. */
export const scannerVersions = {
  'kube-score': '1.20.0',
  Checkov: '3.3.30',
  KubeLinter: null,
  Polaris: null,
  Trivy: null,
  kubescape: null,
} as const;

export type ScannerName = keyof typeof scannerVersions;

/** What the scanners report of the output of the default values. */
export const defaultFindings: readonly ScannerFinding[] = [
  {
    ids: {
      'kube-score': ['container-cpu-requests-equal-limits', 'container-resource-requests-equal-limits'],
    },
    reason: 'optional checks. A CPU limit above the request allows bursts of password hashing',
  },
  {
    ids: {
      'kube-score': [
        'container-memory-requests-equal-limits',
        'container-ephemeral-storage-request-equals-limit',
      ],
    },
    where: 'memory: `migrate` and `purge` only; storage: every container',
    reason:
      'optional checks. `migrate` and `purge` run for seconds and request what they usually use. The container of the API has equal memory',
  },
  {
    ids: {
      Checkov: ['CKV_K8S_8', 'CKV_K8S_9'],
      Polaris: ['livenessProbeMissing', 'readinessProbeMissing'],
      kubescape: ['C-0018', 'C-0056'],
    },
    where: 'the container `port-keeper`',
    reason: 'it listens on the loopback interface, where no probe of the kubelet reaches it',
  },
  {
    ids: { Checkov: ['CKV_K8S_43'], KubeLinter: ['image-sha', 'image-not-pinned-by-digest'] },
    reason: 'a digest exists only after a push, so the committed output has none. Set `image.digest`',
  },
  {
    ids: { Polaris: ['deploymentMissingReplicas'], KubeLinter: ['minimum-three-replicas'] },
    reason:
      'a Deployment with an autoscaler has no `replicas`, because every apply would undo the scaling. The autoscaler has a minimum of 3',
  },
  {
    ids: { KubeLinter: ['no-anti-affinity'] },
    reason:
      'a topologySpreadConstraint spreads the pods over the nodes, because it counts only those of the same rollout',
  },
  {
    ids: { Trivy: ['KSV-0125'], kubescape: ['C-0078', 'C-0001'] },
    reason: 'you decide which registries to trust. The example registries are not in the default lists',
  },
  {
    ids: { kubescape: ['C-0237'] },
    reason: 'the registry or an admission controller checks image signatures, not a manifest',
  },
  {
    ids: { Polaris: ['tlsSettingsMissing'], kubescape: ['C-0263'] },
    where: 'GKE',
    reason: 'GKE would look for a Secret under `spec.tls`. The annotation names the ManagedCertificate',
  },
  {
    ids: { Polaris: ['gatewayTLSMissing'] },
    where: 'AKS',
    reason: 'the add-on fills `certificateRefs` from Key Vault',
  },
  {
    ids: { Trivy: ['KSV-0108'] },
    reason: 'the rule appears to match every Service. This Service has no `externalName` and no external IP',
  },
  {
    ids: { kubescape: ['C-0256', 'C-0266', 'C-0255', 'C-0258', 'C-0259'] },
    reason:
      'they report that a workload is reachable from outside, or reads Secrets and ConfigMaps. This service has to',
  },
  {
    ids: { KubeLinter: ['dangling-networkpolicypeer-podselector'] },
    reason: 'DNS, Prometheus and proxies run in other namespaces',
  },
  {
    ids: { KubeLinter: ['restart-policy'] },
    where: 'the CronJob',
    reason: '`Never` keeps the log of a failed run',
  },
  {
    ids: {
      KubeLinter: [
        'no-node-affinity',
        'required-label-owner',
        'required-annotation-email',
        'dnsconfig-options',
        'env-var-value-from',
        'priority-class-name',
      ],
    },
    reason:
      'optional checks, for the conventions of a cluster: set `scheduling`, `podLabels` and `podAnnotations`',
  },
];

/** What they report of other values. */
export const findingsOfValues: readonly ScannerFinding[] = [
  {
    ids: { 'kube-score': ['deployment-has-host-podantiaffinity'] },
    where: '`scheduling.zoneSpread` DoNotSchedule or none',
    values: 'scheduling.zoneSpread=DoNotSchedule',
    reason:
      'a topologySpreadConstraint spreads the pods over the nodes. By default an anti-affinity for zones satisfies the check',
  },
  {
    ids: {
      Checkov: ['CKV_K8S_35'],
      KubeLinter: ['read-secret-from-env-var'],
      kubescape: ['C-0207'],
    },
    where: '`secrets.delivery=env`',
    values: 'secrets.delivery=env',
    reason: 'the operator has chosen environment variables. The default is files',
  },
  {
    ids: { Polaris: ['sensitiveContainerEnvVar'], KubeLinter: ['env-var-secret'] },
    where: '`jwt.algorithm=HS256`',
    reason: 'the value is the path of a file, `JWT_SECRET_KEY_FILE`',
  },
  {
    ids: { kubescape: ['C-0012'] },
    where: 'a key in `jwt.publicKeys` whose name contains jwt or token',
    reason: 'the ConfigMap contains public keys',
  },
  {
    ids: { Polaris: ['gatewayTLSMissing'] },
    where: '`ingress.kind=gateway` on EKS and GKE',
    reason: 'certificates of ALB and Google are not Secrets',
  },
  {
    ids: { kubescape: ['C-0292'] },
    where: '`ingress.kind=ingress` on AKS',
    reason: 'an option for existing clusters. The default is the Gateway API',
  },
  {
    ids: {
      'kube-score': ['container-image-pull-policy'],
      Checkov: ['CKV_K8S_15'],
      Polaris: ['pullPolicyNotAlways'],
    },
    where: '`image.digest`',
    reason:
      'a digest names one content, so a node that has it need not ask the registry. `image.pullPolicy: Always` passes',
  },
  {
    ids: {
      'kube-score': ['container-resources'],
      Checkov: ['CKV_K8S_11'],
      Trivy: ['KSV-0011'],
      kubescape: ['C-0270'],
    },
    where: '`resources.limits.cpu: null`',
    values: 'resources.limits.cpu=null',
    reason: 'you have chosen bursts over a quota',
  },
  {
    ids: {
      'kube-score': ['container-security-context-user-group-id'],
      Checkov: ['CKV_K8S_40'],
      Trivy: ['KSV-0020', 'KSV-0021'],
    },
    where: '`openshift: true`',
    values: 'openshift=true',
    reason: 'OpenShift assigns the ids when it admits the pod',
  },
  {
    ids: { Checkov: ['CKV_K8S_38'], kubescape: ['C-0034'] },
    where: '`serviceAccount.automount: true`',
    values: 'serviceAccount.automount=true',
    reason: 'a sidecar needs the token',
  },
];
