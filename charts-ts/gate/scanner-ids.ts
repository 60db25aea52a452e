/**
 * Ids of the same check in other scanners, by rule: Trivy (KSV), Checkov (CKV), kubescape (C), kube-score, KubeLinter and
 * Polaris. Findings show them.
 */
export const scannerIds: Readonly<Record<string, string>> = {
  'image-pinned':
    'KSV-0013, CKV_K8S_14, kube-score container-image-tag, polaris tagNotSpecified, ' +
    'kube-linter latest-tag',
  'image-pull-policy': 'CKV_K8S_15, kube-score container-image-pull-policy, polaris pullPolicyNotAlways',
  resources:
    'KSV-0015, KSV-0016, KSV-0018, CKV_K8S_10, CKV_K8S_12, CKV_K8S_13, C-0271, ' +
    'kube-score container-resources',
  'cpu-limit': 'KSV-0011, CKV_K8S_11, C-0270, kube-score container-resources',
  'ephemeral-storage': 'kube-score container-ephemeral-storage-request-and-limit',
  'duplicate-env': 'kube-linter duplicate-env-var, kube-score environment-variable-key-duplication',
  'secret-literals': 'C-0012, polaris sensitiveContainerEnvVar, kube-linter env-var-secret',
  'secrets-as-files': 'CKV_K8S_35, C-0207, kube-linter read-secret-from-env-var',
  'run-as-user':
    'KSV-0020, KSV-0021, KSV-0105, CKV_K8S_40, C-0211, ' +
    'kube-score container-security-context-user-group-id',
  'run-as-non-root': 'KSV-0012, CKV_K8S_23, C-0013, polaris runAsRootAllowed',
  'seccomp-profile': 'KSV-0030, KSV-0104, CKV_K8S_31, C-0055',
  'privilege-escalation':
    'KSV-0001, CKV_K8S_20, C-0016, polaris privilegeEscalationAllowed, ' +
    'kube-linter privilege-escalation-container',
  privileged: 'KSV-0017, CKV_K8S_16, C-0057, polaris runAsPrivileged',
  'read-only-root':
    'KSV-0014, CKV_K8S_22, C-0017, polaris notReadOnlyRootFilesystem, kube-linter no-read-only-root-fs',
  capabilities:
    'KSV-0003, KSV-0022, KSV-0106, CKV_K8S_25, CKV_K8S_28, CKV_K8S_37, C-0046, ' +
    'polaris insecureCapabilities',
  'host-ports': 'KSV-0024, CKV_K8S_26, C-0044, polaris hostPortSet',
  'pod-security-context': 'KSV-0012, CKV_K8S_29, C-0211',
  'host-access':
    'KSV-0008, KSV-0009, KSV-0010, KSV-0026, CKV_K8S_17, CKV_K8S_18, CKV_K8S_19, C-0038, C-0041, ' +
    'polaris hostNetworkSet, kube-linter host-network',
  'host-aliases': 'KSV-0007',
  volumes: 'KSV-0023, KSV-0028, CKV_K8S_27, C-0045, C-0048, polaris hostPathSet',
  'service-account': 'CKV_K8S_41, C-0020, kube-linter non-existent-service-account',
  'service-account-token': 'KSV-0036, CKV_K8S_38, C-0034, polaris automountServiceAccountToken',
  'priority-class': 'polaris priorityClassNotSet',
  labels: 'C-0076, C-0077, polaris metadataAndInstanceMismatched',
  probes:
    'CKV_K8S_8, CKV_K8S_9, C-0018, C-0056, kube-score pod-probes, kube-score pod-probes-identical, ' +
    'polaris livenessProbeMissing, polaris readinessProbeMissing',
  'anti-affinity': 'kube-linter no-anti-affinity, kube-score deployment-has-host-podantiaffinity',
  'topology-spread': 'polaris topologySpreadConstraint, kube-score pod-topology-spread-constraints',
  namespace: 'KSV-0110, CKV_K8S_21, C-0061, kube-linter use-namespace',
  'pod-security-label': 'C-0192',
  'network-policy':
    'KSV-0038, CKV2_K8S_6, C-0030, C-0260, kube-score pod-networkpolicy, polaris missingNetworkPolicy',
  'no-secrets': 'KSV-0109, C-0012, secretlint k8s-kind-secret',
  'config-map-secrets': 'KSV-0109, KSV-01010, C-0012, polaris sensitiveConfigmapContent',
  rbac: 'KSV-0041, KSV-0044, KSV-0045, KSV-0053, CKV_K8S_49, C-0015, kube-linter wildcard-in-rules',
  'rolling-update': 'kube-linter no-rolling-update-strategy, polaris deploymentStrategy',
  replicas:
    'kube-score deployment-targeted-by-hpa-does-not-have-replicas-configured, ' +
    'kube-linter minimum-three-replicas',
  'autoscaler-bounds': 'kube-linter hpa-minimum-three-replicas, kube-score horizontalpodautoscaler-replicas',
  'disruption-budget':
    'kube-linter pdb-max-unavailable, kube-linter pdb-min-available, ' +
    'kube-linter pdb-unhealthy-pod-eviction-policy, kube-score deployment-has-poddisruptionbudget, ' +
    'polaris missingPodDisruptionBudget',
  'job-limits': 'kube-linter job-ttl-seconds-after-finished, kube-score cronjob-has-deadline',
  'service-type': 'CKV2_K8S_5, KSV-0108, kube-score service-type, kube-linter exposed-services',
  'ingress-tls': 'polaris tlsSettingsMissing, C-0263',
  'ingress-snippets': 'CKV_K8S_152, CKV_K8S_153, CKV_K8S_154, C-0059',
  'ingress-nginx': 'C-0292',
};
