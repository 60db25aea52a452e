import type { ExampleBlock } from './example.ts';

const publicKey =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n';

export const workload: ExampleBlock = {
  plain: {
    'image.repository': ['registry.example.com:5000/team/auth-service'],
    'image.tag': ['2.1.0-rc.1'],
    'image.digest': [`sha256:${'0a'.repeat(32)}`],
    'image.pullSecrets': [['registry']],
    'resources.requests.cpu': ['100m'],
    'resources.requests.memory': ['384Mi'],
    'resources.requests.ephemeralStorage': ['32Mi'],
    'resources.limits.cpu': ['1', '2.5'],
    'resources.limits.memory': ['1Gi'],
    'resources.limits.ephemeralStorage': ['1Gi'],
    'migrations.resources.requests.cpu': ['100m'],
    'migrations.resources.requests.memory': ['192Mi'],
    'migrations.resources.requests.ephemeralStorage': ['32Mi'],
    'migrations.resources.limits.cpu': ['1'],
    'migrations.resources.limits.memory': ['512Mi'],
    'migrations.resources.limits.ephemeralStorage': ['128Mi'],
    'purge.schedule': ['0 4 * * 1-5'],
    'purge.keepMonths': [1, 120],
    'purge.keepAuditMonths': [12, 120],
    'purge.resources.requests.cpu': ['100m'],
    'purge.resources.requests.memory': ['192Mi'],
    'purge.resources.requests.ephemeralStorage': ['32Mi'],
    'purge.resources.limits.cpu': ['1'],
    'purge.resources.limits.memory': ['512Mi'],
    'purge.resources.limits.ephemeralStorage': ['128Mi'],
    'serviceAccount.annotations': [{ 'example.com/owner': 'identity' }],
    podLabels: [{ team: 'identity' }],
    podAnnotations: [{ 'example.com/owner': 'identity' }],
    allowedHosts: [['login.example.com']],
    trustedProxies: [['192.0.2.0/24', '2001:db8::/32']],
    corsOrigins: [['https://app.example.com', 'https://*.preview.example.com', 'capacitor://localhost']],
    'jwt.issuer': ['https://login.example.com'],
    'jwt.audience': ['https://api.example.com'],
    'jwt.publicKeys': [{ next: publicKey }],
  },
  special: {
    dnsPolicy: [{ value: 'None', with: { dnsConfig: { nameservers: ['192.0.2.53'] } } }],
    'serviceAccount.create': [{ value: false, with: { serviceAccount: { name: 'existing' } } }],
    'service.externalTrafficPolicy': [
      { value: 'Cluster', with: { service: { type: 'LoadBalancer' } } },
      { value: 'Local', with: { service: { type: 'LoadBalancer' } } },
    ],
    'jwt.previousSecret': [{ value: true, with: { jwt: { algorithm: 'HS256' } } }],
    'service.trafficDistribution': [
      { value: 'PreferClose', with: { kubernetesVersion: 'newest' } },
      { value: 'PreferSameZone', with: { kubernetesVersion: 'newest' } },
      { value: 'PreferSameNode', with: { kubernetesVersion: 'newest' } },
    ],
  },
};
