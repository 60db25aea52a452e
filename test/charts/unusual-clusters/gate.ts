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
          BREACH_URL: 'https://breaches.example.com/range/',
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
];
