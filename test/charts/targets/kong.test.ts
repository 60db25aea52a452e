import { expect } from 'chai';
import { parse } from 'yaml';
import { createOpenApi } from '../../../app/http/openapi/openapi.ts';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import { type KongConfig, kongConfig } from '../../../charts-ts/targets/kong/config.ts';
import { routeFor } from '../../../charts-ts/targets/kong/router.ts';
import type { Target } from '../../../charts-ts/targets/target.ts';
import { kidOf, pemPair } from '../../support/keys.ts';
import { createRouteTable } from '../../support/route-table.ts';
import { draw, replaced } from './support/drawn.ts';
import { brokenKong } from './support/kong-broken.ts';

/** Every method and path of the OpenAPI document, with an example for each parameter, and what Kong must not serve. */
function operations(): string[] {
  const document = createOpenApi(createRouteTable(), '1.0.0') as { paths: Record<string, object> };
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '0192-a.b_c')}`),
  );
}

const configOf = (files: FolderContent): KongConfig => kongConfig.parse(parse(files.get('kong.yml') ?? ''));

describe('charts: Kong', () => {
  let target: Target;
  let files: FolderContent;
  let publicKey: string;
  let kid: string;
  before(async () => {
    ({ target, files } = await draw('kong'));
    const pair = pemPair('a');
    publicKey = pair.publicPem;
    kid = await kidOf(pair);
  });

  const findingsOf = async (content: FolderContent) => [...(await target.findings(content))];
  const routeName = (config: KongConfig, request: string) => {
    const [method = '', path = ''] = request.split(' ');
    return routeFor(config, method, path)?.name;
  };
  const faultOf = (...sets: string[]) =>
    draw('kong', ...sets).then(
      () => '',
      (error: Error) => error.message,
    );
  const withAdmin = () => draw('kong', 'kong.adminNetworks={10.0.0.0/8}');
  const withKey = () =>
    draw('kong', 'kong.adminNetworks={10.0.0.0/8}', `jwt.publicKeys.current=${publicKey}`);

  it('passes its checks, and has neither a database nor an admin API', async () => {
    expect(await findingsOf(files)).to.deep.equal([]);
    expect(files.get('kong.env')?.split('\n')).to.include.members([
      'KONG_DATABASE=off',
      'KONG_ADMIN_LISTEN=off',
      'KONG_PROXY_LISTEN=0.0.0.0:8080',
      'KONG_ROUTER_FLAVOR=traditional_compatible',
    ]);
  });

  it('serves every operation of the OpenAPI document but the check for gateways and the administration', async () => {
    const config = configOf(files);
    const refused = operations().filter((request) => !routeName(config, request));
    const isHidden = (request: string) => / \/api\/v1\/(admin\/|auth\/verify)/.test(request);
    expect(refused).to.deep.equal(operations().filter(isHidden));
    expect(operations().length).to.be.greaterThan(30);
    for (const request of ['GET /api/v1/docs', 'GET /api/v1/docs/swagger-ui.css', 'GET /api/v1/openapi.json'])
      expect(routeName(config, request), request).to.equal('public');
  });

  it('serves the administration to the networks that it names, and to nobody else', async () => {
    const opened = await withAdmin();
    const config = configOf(opened.files);
    const refused = operations().filter((request) => !routeName(config, request));
    expect(refused).to.deep.equal(['GET /api/v1/auth/verify']);
    const admin = config.services[0]?.routes.find(({ name }) => name === 'admin');
    expect(admin?.plugins).to.deep.equal([
      { name: 'ip-restriction', config: { allow: ['10.0.0.0/8'], status: 404 } },
    ]);
    expect(await findingsOf(opened.files)).to.deep.equal([]);
  });

  it('hides what is internal, whatever the method', async () => {
    const config = configOf((await withAdmin()).files);
    const paths = [
      '/',
      '/metrics',
      '/livez',
      '/readyz',
      '/admin',
      '/admin/users',
      '/api/v1/admin',
      '/api/v1/auth/verify',
    ];
    const tricks = [
      '/api/v1/auth/login/../verify',
      '/api/v1/health/readyz',
      '/api/v1/users',
      '/api/v1/usersme',
      '/x/api/v1/health',
    ];
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      for (const path of [...paths, ...tricks])
        expect(routeFor(config, method, path), `${method} ${path}`).to.equal(undefined);
  });

  it('serves HEAD and OPTIONS wherever a browser may send them', async () => {
    const config = configOf((await withAdmin()).files);
    for (const request of operations().filter((one) => !one.endsWith('/auth/verify'))) {
      const path = request.split(' ')[1] ?? '';
      expect(routeName(config, `OPTIONS ${path}`), request).to.equal(routeName(config, request));
      if (request.startsWith('GET'))
        expect(routeName(config, `HEAD ${path}`), request).to.equal(routeName(config, request));
    }
  });

  it('limits the routes that take a password or a refresh token further', () => {
    const config = configOf(files);
    for (const path of ['login', 'register', 'refresh', 'password/reset'])
      expect(routeName(config, `POST /api/v1/auth/${path}`), path).to.equal('credentials');
    const [plugin] = config.services[0]?.routes[0]?.plugins ?? [];
    expect(plugin?.config).to.deep.include({
      second: 50,
      minute: 400,
      limit_by: 'ip',
      hide_client_headers: true,
    });
  });

  it('leaves CORS to the service, and makes the request id', () => {
    const { plugins = [] } = configOf(files);
    expect(plugins.map(({ name }) => name)).to.deep.equal([
      'rate-limiting',
      'request-size-limiting',
      'correlation-id',
    ]);
    expect(plugins[2]?.config).to.deep.equal({
      header_name: 'X-Request-Id',
      generator: 'uuid',
      echo_downstream: true,
    });
  });

  it('verifies RS256 signatures by the kid of the service where it gets its public key', async () => {
    const drawn = await withKey();
    const config = configOf(drawn.files);
    expect(config.consumers?.[0]?.jwt_secrets).to.deep.equal([
      { key: kid, algorithm: 'RS256', rsa_public_key: publicKey },
    ]);
    const verified = config.services[0]?.routes.filter(({ plugins = [] }) =>
      plugins.some(({ name }) => name === 'jwt'),
    );
    expect(verified?.map(({ name }) => name)).to.deep.equal(['proofs', 'account', 'admin']);
    expect(await findingsOf(drawn.files)).to.deep.equal([]);
    expect(configOf(files)).not.to.have.property('consumers');
  });

  for (const [title, from, to, ...lines] of brokenKong) {
    it(`refuses ${title}`, async () => {
      expect(await findingsOf(replaced(files, 'kong.yml', from, to))).to.deep.equal(
        lines.map((line) => `kong.yml: ${line}`),
      );
    });
  }

  it('refuses a route to the administration without networks', async () => {
    const { files: opened } = await withAdmin();
    const plugin =
      / {8}plugins:\n {10}- name: ip-restriction\n(?: {12,}.*\n)+/.exec(opened.get('kong.yml') ?? '')?.[0] ??
      '';
    expect(await findingsOf(replaced(opened, 'kong.yml', plugin, ''))).to.deep.equal([
      'kong.yml: route admin: lets everybody reach GET /api/v1/admin/users; it needs the plugin ip-restriction [admin]',
      'kong.yml: route admin: lets everybody reach POST /api/v1/admin/roles; it needs the plugin ip-restriction [admin]',
      'kong.yml: route admin: lets everybody reach GET /api/v1/admin/audit-log; it needs the plugin ip-restriction [admin]',
    ]);
  });

  it('refuses a key under another name, a private key, and text that is no key', async () => {
    const { files: keyed } = await withKey();
    expect(await findingsOf(replaced(keyed, 'kong.yml', `key: ${kid}`, 'key: current'))).to.deep.equal([
      `kong.yml: consumer key current: key must be ${kid}, the kid of this public key [jwt-kid]`,
    ]);
    expect(
      await findingsOf(replaced(keyed, 'kong.yml', 'BEGIN PUBLIC KEY', 'BEGIN PRIVATE KEY')),
    ).to.deep.equal([
      `kong.yml: consumer key ${kid}: contains a private key; Kong needs the public key [private-key]`,
    ]);
    expect(await findingsOf(replaced(keyed, 'kong.yml', 'BEGIN PUBLIC KEY', 'BEGIN PUBLIC'))).to.deep.equal([
      `kong.yml: consumer key ${kid}: rsa_public_key is no public key in PEM [jwt-key]`,
    ]);
  });

  it('refuses the plugin jwt by another claim, and without a key', async () => {
    const { files: keyed } = await withKey();
    const other = replaced(keyed, 'kong.yml', 'key_claim_name: kid', 'key_claim_name: iss', 3);
    expect((await findingsOf(other))[0]).to.equal(
      'kong.yml: route proofs: key_claim_name must be kid, by which the service names its keys [jwt-kid]',
    );
    const text = keyed.get('kong.yml') ?? '';
    const without = new Map([...keyed, ['kong.yml', text.slice(0, text.indexOf('consumers:'))]]);
    expect(await findingsOf(without)).to.deep.equal([
      'kong.yml: route proofs: the plugin jwt refuses every token, because no consumer has a key [jwt-key]',
    ]);
  });

  for (const [set, line] of [
    ['kong.limits.credentialsPerMinute=300', /^kong\.limits\.credentialsPerMinute: must exceed 300/],
    ['kong.upstream.host=Auth', /^kong\.upstream\.host: must be a host name/],
    ['kong.adminNetworks={office}', /^kong\.adminNetworks\[0\]: must be/],
  ] as const)
    it(`refuses the value ${set}`, async () => expect(await faultOf(set)).to.match(line));

  it('refuses keys of an algorithm that Kong does not verify', async () => {
    expect(await faultOf('jwt.algorithm=EdDSA', `jwt.publicKeys.a=${publicKey}`)).to.equal(
      'jwt.publicKeys: Kong verifies RS256 and ES256; leave the keys out for EdDSA',
    );
  });
});
