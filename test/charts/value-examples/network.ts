import type { ExampleBlock } from './example.ts';

const controller = {
  peers: [{ namespace: 'traefik' }],
  trustedProxies: ['10.244.0.0/16'],
  idleTimeoutSeconds: 60,
};
const ofLoadBalancer = { ingress: { kind: 'none' }, service: { type: 'LoadBalancer' } };
const peers = [{ cidr: '192.0.2.0/24' }, { namespace: 'tools' }];

export const network: ExampleBlock = {
  plain: {
    'namespace.name': ['platform'],
    'ingress.host': ['login.example.com'],
    'ingress.annotations': [{ 'external-dns.alpha.kubernetes.io/ttl': '60' }],
    'service.ipFamilies': [['IPv4'], ['IPv6']],
    'networkPolicy.dnsCidrs': [['169.254.20.10/32']],
    'networkPolicy.nodeCidrs': [['10.9.0.0/16']],
    'networkPolicy.prometheus': [[], [{ namespace: 'observability', podLabels: { app: 'prometheus' } }]],
    'networkPolicy.otlp.port': [4_317],
    'networkPolicy.otlp.peers': [peers],
    'networkPolicy.extraEgress': [[{ peers, port: 443 }]],
    'monitoring.serviceMonitor.interval': ['15s'],
    'monitoring.serviceMonitor.labels': [{ release: 'prometheus' }],
    'monitoring.rules.annotations': [{ 'example.com/owner': 'identity' }],
    'monitoring.rules.labels': [{ release: 'prometheus' }],
    'monitoring.rules.runbooks': ['https://wiki.example.com/auth'],
    'monitoring.alertmanagerConfig.enabled': [true],
    'monitoring.alertmanagerConfig.labels': [{ alertmanager: 'main' }],
    'monitoring.alertmanagerConfig.annotations': [{ 'example.com/owner': 'identity' }],
    'monitoring.dashboards.labels': [{ grafana_dashboard: 'auth' }],
  },
  special: {
    'ingress.kind': [
      { value: 'gateway', clouds: ['eks', 'aks'] },
      { value: 'gateway', clouds: ['gke'], with: { gke: { certificateMap: 'auth' } } },
      { value: 'route', with: { ingress: { controller } } },
    ],
    'ingress.host': [{ value: null, with: { ingress: { hosts: [{ host: 'login.example.com' }] } } }],
    'ingress.controller.deregistrationSeconds': [
      { value: null, with: { ingress: { kind: 'ingress', className: 'traefik', controller } } },
    ],
    'service.externalTrafficPolicy': [
      { value: 'Cluster', with: ofLoadBalancer },
      { value: 'Local', with: ofLoadBalancer },
    ],
    'monitoring.podMonitor.enabled': [
      { value: true, with: { monitoring: { serviceMonitor: { enabled: false } } } },
    ],
    'networkPolicy.otlp.enabled': [{ value: true, with: { networkPolicy: { otlp: { peers } } } }],
    'service.ipFamilies': [
      {
        value: ['IPv6'],
        clouds: ['eks'],
        with: { eks: { ipAddressType: 'dualstack' } },
      },
      { value: ['IPv6'], clouds: ['gke', 'aks'] },
      { value: ['IPv4', 'IPv6'], with: { service: { ipFamilyPolicy: 'PreferDualStack' } } },
    ],
  },
};
