import { expect } from 'chai';
import { configurationOf, documentsOf, only, valuesOf } from './support/synthesized.ts';

const ipv6 =
  'service.ipFamilies={IPv6},eks.ipAddressType=dualstack,eks.loadBalancerCidrs={10.0.0.0/20,2001:db8:20:1::/64}';
const proxiesOf = (...args: Parameters<typeof documentsOf>): string[] =>
  configurationOf(documentsOf(...args)).data.TRUSTED_PROXIES.split(',');

describe('charts: address families', () => {
  it('are left to the cluster by default', () => {
    for (const cloud of ['eks', 'gke', 'aks'] as const) {
      const { spec } = only(documentsOf(cloud), 'Service');
      expect(spec).not.to.have.any.keys('ipFamilies', 'ipFamilyPolicy');
    }
  });

  it('are those of the values', () => {
    const sets = 'service.ipFamilyPolicy=PreferDualStack,service.ipFamilies={IPv4,IPv6}';
    expect(only(documentsOf('gke', sets), 'Service').spec).to.deep.include({
      ipFamilyPolicy: 'PreferDualStack',
      ipFamilies: ['IPv4', 'IPv6'],
    });
  });

  it('of an IPv6 cluster of EKS reach the ALB, the network policies and the trusted proxies', () => {
    const documents = documentsOf('eks', ipv6);
    const { annotations } = only(documents, 'Ingress').metadata;
    expect(annotations['alb.ingress.kubernetes.io/ip-address-type']).to.equal('dualstack');
    const policy = only(documents, 'NetworkPolicy', 'auth-service-load-balancer');
    expect(policy.spec.ingress[0].from).to.deep.include({ ipBlock: { cidr: '2001:db8:20:1::/64' } });
    expect(proxiesOf('eks', ipv6)).to.include('2001:db8:20:1::/64');
    const gateway = documentsOf('eks', ipv6, 'ingress.kind=gateway');
    expect(only(gateway, 'LoadBalancerConfiguration').spec.ipAddressType).to.equal('dualstack');
  });

  it('let GKE report every address of the /64 on which its load balancer answers', () => {
    expect(proxiesOf('gke', 'gke.address=2001:db8:30:40::')).to.include('2001:db8:30:40::/64');
    expect(proxiesOf('gke')).to.include('203.0.113.10/32');
  });

  const mistakes: readonly [title: string, sets: string, fault: string][] = [
    [
      'both in a single stack',
      'service.ipFamilies={IPv4,IPv6}',
      'service.ipFamilyPolicy: must be PreferDual',
    ],
    ['one family twice', 'service.ipFamilies={IPv6,IPv6}', 'service.ipFamilies: must name each family once'],
    ['IPv6 behind an IPv4 ALB', 'service.ipFamilies={IPv6}', 'eks.ipAddressType: must be dualstack, because'],
    ['IPv6 and an IPv4 listener', `${ipv6},extraConfig.HOST=0.0.0.0`, 'extraConfig.HOST: must be removed'],
    [
      'an internal ALB without public IPv4',
      'eks.scheme=internal,eks.ipAddressType=dualstack-without-public-ipv4',
      'eks.ipAddressType: must be dualstack or ipv4',
    ],
  ];
  for (const [title, sets, fault] of mistakes) {
    it(`are refused as ${title}`, () => expect(() => valuesOf('eks', sets)).to.throw(fault));
  }
});
