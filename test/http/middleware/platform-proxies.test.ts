import { request } from 'node:http';
import { expect } from 'chai';
import { createClientAddress, createProxyCheck } from '../../../app/http/middleware/client-address.ts';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { faultsOf, parse, production } from '../../support/configuration.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { until } from '../../support/until.ts';

const client = '198.51.100.1';

/** What arrives when the client has sent no header, and when it has sent some: the platform keeps what the client wrote. */
type Example = [title: string, peer: string, field: string | undefined, client: string];

const examples: Readonly<Record<string, readonly Example[]>> = {
  heroku: [
    ['a client', '10.1.2.3', client, client],
    ['a spoofed entry', '10.1.2.3', `6.6.6.6,${client}`, client],
    ['a spoofed entry with the address of a router', '10.1.2.3', `6.6.6.6, 10.9.9.9, ${client}`, client],
    ['a client over IPv6', '10.1.2.3', `6.6.6.6, 2001:db8::7`, '2001:db8::7'],
    ['a router with a public address', '203.0.113.77', `6.6.6.6, ${client}`, client],
    ['a client in a private network', '10.1.2.3', '6.6.6.6, 10.200.0.1', '10.200.0.1'],
    ['a spoofed entry that is none', '10.1.2.3', `unknown, ${client}`, client],
    ['no header', '10.1.2.3', undefined, '10.1.2.3'],
  ],
  'cloud-run': [
    ['a client', '169.254.8.129', client, client],
    ['a spoofed entry', '169.254.8.129', `6.6.6.6,${client}`, client],
    ['spoofed entries of the link', '169.254.8.129', `6.6.6.6,169.254.8.129,${client}`, client],
  ],
  'google-load-balancer': [
    ['a client', '35.191.10.20', `${client},203.0.113.10`, client],
    ['a spoofed entry', '130.211.1.5', `6.6.6.6,${client}, 203.0.113.10`, client],
    [
      'spoofed entries like those of the platform',
      '35.191.0.9',
      `6.6.6.6,203.0.113.10,${client},203.0.113.10`,
      client,
    ],
    ['a load balancer with IPv6', '35.191.0.9', `6.6.6.6,2001:db8::7,2001:db8:1::1`, '2001:db8::7'],
    ['a health check, which has no header', '35.191.0.9', undefined, '35.191.0.9'],
    ['a neighbour in the network, past the load balancer', '10.0.0.5', `${client},203.0.113.10`, '10.0.0.5'],
  ],
  'aws-load-balancer': [
    ['a client', '10.0.1.20', client, client],
    ['a spoofed entry', '10.0.1.20', `6.6.6.6, ${client}`, client],
    ['a client port', '10.0.1.20', `6.6.6.6, ${client}:4711`, client],
    ['a client in the VPC', '10.0.1.20', '6.6.6.6, 10.0.7.7', '10.0.7.7'],
    ['a peer that is no load balancer', '203.0.113.9', client, '203.0.113.9'],
  ],
  'azure-application-gateway': [
    ['a client with its port', '10.2.0.4', `${client}:50123`, client],
    ['a spoofed entry', '10.2.0.4', `6.6.6.6:1, ${client}:50123`, client],
    ['a client in the network', '10.2.0.4', '6.6.6.6, 10.2.9.9:50123', '10.2.9.9'],
    ['a peer that is no gateway', '203.0.113.9', `${client}:50123`, '203.0.113.9'],
  ],
  loopback: [
    ['a proxy on this machine', '127.0.0.1', `6.6.6.6, ${client}`, client],
    ['a proxy on this machine over IPv6', '::1', `6.6.6.6, ${client}`, client],
    ['another peer', '10.0.0.1', client, '10.0.0.1'],
  ],
  private: [
    ['proxies with private addresses', '172.18.0.2', `6.6.6.6, ${client}, 192.168.1.1, 100.64.3.4`, client],
    ['proxies with IPv6', 'fd00::1', `6.6.6.6, ${client}, fe80::1`, client],
    ['the first address after the carrier’s', '10.0.0.1', `6.6.6.6, 100.128.0.1`, '100.128.0.1'],
    ['a loopback peer', '127.0.0.1', client, '127.0.0.1'],
    ['a public peer', '203.0.113.9', client, '203.0.113.9'],
  ],
  cloudflare: [
    ['its edge', '172.64.1.1', `6.6.6.6, ${client}`, client],
    ['its edge over IPv6', '2606:4700::6810:1', `6.6.6.6, ${client}`, client],
    ['a peer next to its blocks', '172.72.0.1', client, '172.72.0.1'],
  ],
  'heroku,cloudflare': [
    ['both', '10.1.2.3', `6.6.6.6, ${client}, 172.64.1.1`, client],
    ['the router alone', '10.1.2.3', `6.6.6.6, 172.64.1.1, ${client}`, client],
  ],
  'azure-application-gateway,192.0.2.7': [
    ['a proxy in front of the gateway', '10.2.0.4', `6.6.6.6, ${client}, 192.0.2.7:50123`, client],
    ['a proxy past the gateway', '192.0.2.7', `6.6.6.6, ${client}`, client],
  ],
};

describe('Proxies by name', () => {
  for (const [names, cases] of Object.entries(examples)) {
    const { clientIpHeader, trustedProxies } = parse({ TRUSTED_PROXIES: names }).http;
    const address = createClientAddress(trustedProxies, clientIpHeader);
    for (const [title, peer, field, expected] of cases) {
      it(`${names}: ${title}`, () => expect(address(peer, field)).to.equal(expected));
    }
  }

  it('do not let a client choose its address by any text before the entries of the platform', () => {
    const spoofed = [
      '6.6.6.6',
      'unknown',
      '',
      ',',
      '10.0.0.1',
      '"',
      'for=6.6.6.6',
      '6.6.6.6,'.repeat(40),
      '::1',
    ];
    const appended: Record<string, [peer: string, entries: string]> = {
      heroku: ['10.1.2.3', client],
      'cloud-run': ['169.254.8.129', client],
      'google-load-balancer': ['35.191.0.9', `${client},203.0.113.10`],
      'aws-load-balancer': ['10.0.1.20', client],
      'azure-application-gateway': ['10.2.0.4', `${client}:50123`],
    };
    for (const [name, [peer, entries]] of Object.entries(appended)) {
      const address = createClientAddress([name], 'x-forwarded-for');
      for (const text of spoofed) expect(address(peer, `${text},${entries}`), name + text).to.equal(client);
    }
  });

  it('have no limit of connections for one address, as other proxies', () => {
    expect(createProxyCheck(['heroku'])('203.0.113.77')).to.equal(true);
    expect(createProxyCheck(['google-load-balancer'])('35.191.0.9')).to.equal(true);
    expect(createProxyCheck(['google-load-balancer'])('10.0.0.5')).to.equal(false);
    expect(createProxyCheck(['private'])('10.0.0.5')).to.equal(true);
  });

  /** The address in the log of a request with these header lines. */
  async function loggedFor(TRUSTED_PROXIES: string, lines: string[]): Promise<unknown> {
    const spec = { summary: 'Answers', access: 'open', answers: {} } as const;
    const served = await serveEndpoints([endpoint('GET /', spec, () => ({}))], {
      variables: { TRUSTED_PROXIES },
    });
    try {
      const headers = { 'x-forwarded-for': lines };
      const sent = request({ port: served.port, host: '127.0.0.1', headers }, (response) =>
        response.resume(),
      );
      sent.end();
      await until(() => served.lines.length === 1);
      return served.lines[0]?.ip;
    } finally {
      await served.close();
    }
  }

  it('are not believed if the field is repeated: Heroku appends to the first one, and the client wrote the last', async () => {
    expect(await loggedFor('heroku', [`6.6.6.6, ${client}`])).to.equal(client);
    expect(await loggedFor('heroku', [client, '6.6.6.6'])).to.equal('127.0.0.1');
  });
});

describe('TRUSTED_PROXIES', () => {
  it('accepts names in any case beside blocks, and says which names there are', () => {
    expect(parse({ TRUSTED_PROXIES: 'Heroku, 10.0.0.0/8' }).http.trustedProxies).to.deep.equal([
      'heroku',
      '10.0.0.0/8',
    ]);
    expect(faultsOf({ TRUSTED_PROXIES: 'fly' }).join()).to.match(
      /^TRUSTED_PROXIES must be a comma list of .* loopback, private, cloudflare, heroku, cloud-run, google-load-balancer, aws-load-balancer, azure-application-gateway$/,
    );
    expect(faultsOf({ TRUSTED_PROXIES: 'heroku,aws-load-balancer' }).join()).to.match(
      /must contain at most one of heroku,/,
    );
  });

  it('names a platform with X-Forwarded-For only, because the platform passes other fields of the client on', () => {
    for (const CLIENT_IP_HEADER of ['CF-Connecting-IP', 'Forwarded']) {
      expect(faultsOf({ ...production, TRUSTED_PROXIES: 'heroku', CLIENT_IP_HEADER })).to.deep.equal([
        'CLIENT_IP_HEADER must be X-Forwarded-For, to which the platform in TRUSTED_PROXIES appends',
      ]);
      expect(faultsOf({ TRUSTED_PROXIES: 'cloudflare', CLIENT_IP_HEADER })).to.deep.equal([]);
    }
  });
});
