import type { UnusualCluster } from './cluster.ts';

/** Values that rules of the gate used to refuse, and rules that an operator skips. */
export const gate: readonly UnusualCluster[] = [
  {
    title: 'a network plugin without NetworkPolicies',
    values: 'networkPolicy: { enabled: false }',
    output: { 'NetworkPolicy/default-deny': null, 'NetworkPolicy/auth-service': null },
  },
  {
    title: 'TLS that ends in front of the load balancer',
    values: 'ingress: { tls: false }',
    clouds: ['eks'],
    output: {
      'Ingress/auth-service-ingress': {
        metadata: { annotations: { 'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP": 80}]' } },
        spec: { tls: null },
      },
    },
  },
  {
    title: 'TLS that ends in front of the load balancer',
    values: 'ingress: { tls: false }',
    clouds: ['gke'],
    output: {
      'ManagedCertificate/auth-service': null,
      'Ingress/auth-service-ingress': {
        metadata: { annotations: { 'networking.gke.io/managed-certificates': null } },
      },
    },
  },
  {
    title: 'a Gateway without TLS',
    values: 'ingress: { tls: false, kind: gateway }',
    clouds: ['gke'],
    output: { 'HTTPRoute/auth-service': {} },
  },
  {
    title: 'secrets as environment variables',
    values: 'secrets: { delivery: env }',
    clouds: ['eks'],
    output: { 'Deployment/auth-service': {} },
  },
  {
    title: 'a variable that only the migration reads, and one whose name sounds like a secret',
    values: `
extraConfig:
  DB_SERVICE_ROLE: auth_app
  PASSWORD_BREACH_URL: https://breaches.example.com/range/
`,
    clouds: ['eks'],
    output: {
      'ConfigMap/auth-service-config': {
        data: {
          DB_SERVICE_ROLE: 'auth_app',
          PASSWORD_BREACH_URL: 'https://breaches.example.com/range/',
        },
      },
    },
  },
  {
    title: 'a rule that the operator skips by name',
    values: 'gate: { allow: [job-limits, unknown-kind] }',
    clouds: ['eks'],
    output: { 'Deployment/auth-service': {} },
  },
  {
    title: 'a rule that does not exist',
    values: 'gate: { allow: [volumes, probe] }',
    clouds: ['eks'],
    refused: [
      'gate.allow[1]: must be one of image-pinned, image-pull-policy, resources, duplicate-env, named-env, ' +
        'secret-literals, secrets-as-files, run-as-user, seccomp-profile, privilege-escalation, privileged, ' +
        'read-only-root, capabilities, host-ports, pod-security-context, host-access, volumes, service-account, ' +
        'service-account-token, priority-class, service-links, labels, probes, probe-port, anti-affinity, ' +
        'topology-spread, namespace, pod-security-label, network-policy, no-secrets, config-map-secrets, rbac, ' +
        'rolling-update, replicas, autoscaler-bounds, disruption-budget, job-limits, service-type, ingress-tls, ' +
        'ingress-snippets, ingress-class, reference-backend, reference-gateway, reference-cloud, ' +
        'reference-unique, reference-selector, reference-service, reference-monitor, reference-autoscaler, ' +
        'reference-disruption-budget, reference-policy, reference-probe, reference-volume, reference-key, ' +
        'environment, owner-url, unknown-kind',
    ],
  },
];
