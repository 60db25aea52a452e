import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTarget } from '../../app/commands/verify/http/target.ts';
import type { Verified } from '../../app/commands/verify/verify.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { ask } from '../../tools/torture/harness/client.ts';
import {
  createScratchState,
  idsOf,
  problemsOf,
  type Run,
  runVerify,
} from '../commands/verify/support/run-verify.ts';
import { type Certificates, createCertificates } from '../support/certificates.ts';
import { postgresBin } from '../support/tls-postgres.ts';
import { until } from '../support/until.ts';
import { brokenProxies } from './support/broken-proxies.ts';
import { createIssuer } from './support/issued-certificates.ts';
import { type ProductionStack, type Service, startProductionStack } from './support/production-stack.ts';
import { type Front, startProjectNginx } from './support/project-nginx.ts';
import { need } from './support/tools.ts';

const host = 'api.yourdomain.com';
/** An address of the loopback interface on which nobody else has ports 80 and 443. */
const address = '127.0.77.1';

describe('auth-service verify, behind nginx with the configuration of one server', function () {
  this.timeout(120_000);
  const cleanup = createCleanup();
  let folder: string;
  let certificates: Certificates;
  let issuer: ReturnType<typeof createIssuer>;
  let stack: ProductionStack;
  let service: Service;
  let state: ReturnType<typeof createScratchState>;

  before(async function () {
    need(this, 'nginx', 'the Debian package nginx-light');
    need(this, 'openssl', 'the Debian package openssl');
    need(this, 'redis-server', 'the Debian package redis-server');
    if (!postgresBin || process.getuid?.() !== 0) {
      process.stdout.write(
        'skipped, because Postgres is missing, or the user may not open ports 80 and 443\n',
      );
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'verify-broken-'));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    certificates = createCertificates();
    cleanup.add(() => certificates.remove());
    issuer = createIssuer(join(folder, 'issuer'));
    stack = await startProductionStack(certificates, host, cleanup);
    service = await stack.start();
  });
  beforeEach(async () => {
    state = createScratchState();
    await stack.forgetLimits();
  });
  afterEach(() => state?.remove());
  after(() => cleanup.run());

  /** Verifies the deployment through nginx. */
  async function verify(front: Partial<Front> = {}, run: Partial<Run> = {}): Promise<Verified> {
    const certificate = front.certificate ?? issuer.issue('right', host);
    const nginx = await startProjectNginx({ address, servicePort: service.port, certificate, ...front });
    try {
      const url = run.url ?? `https://${host}`;
      const addresses = new Map([[host, address]]);
      const target = createTarget(new URL(url), { addresses, ca: readFileSync(issuer.rootFile, 'utf8') });
      return await runVerify({ url, stateFolder: state.folder, target, ...run });
    } finally {
      await nginx.stop();
    }
  }

  function expectOnly(check: string, verified: Verified): void {
    expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([check]);
    const failed = verified.outcomes.find(({ finding }) => finding.status === 'failed');
    process.stdout.write(`    ${failed?.check.id}: ${failed?.finding.message}\n`);
  }

  it('passes in production', async () => {
    const origin = 'https://app.yourdomain.com';
    const verified = await verify({}, { options: { origin, expectedVersion: '1.0.0' } });
    expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([]);
    expect(idsOf(verified, 'skipped')).to.deep.equal(['dns-address', 'ipv6-connection', 'token-issuer']);
    expect(idsOf(verified, 'warning')).to.deep.equal(['docs-private']);
    expect(verified.leftover).to.equal(null);
  });

  for (const { change, check, options, title } of brokenProxies)
    it(`fails for ${title}, with ${check} alone`, async () => {
      const ports = { service: service.port, management: service.managementPort };
      const verified = await verify(
        { change: (text) => change(text, ports) },
        options === undefined ? {} : { options },
      );
      expectOnly(check, verified);
    });

  const certificateCases: readonly [title: string, check: string, issue: () => Front['certificate']][] = [
    ['has expired', 'tls-expiry', () => issuer.issue('expired', host, { days: [-40, -1] })],
    ['expires in two days', 'tls-expiry', () => issuer.issue('ending', host, { days: [-40, 2] })],
    ['is for another host', 'tls-host-name', () => issuer.issue('other', 'www.example.com')],
    [
      'is sent without the intermediate one',
      'tls-chain',
      () => issuer.issue('part', host, { isWhole: false }),
    ],
  ];
  for (const [title, check, issue] of certificateCases)
    it(`fails for a certificate that ${title}, with ${check} alone`, async () => {
      expectOnly(check, await verify({ certificate: issue() }));
    });

  it('warns of a certificate that expires in twenty days', async () => {
    const verified = await verify({ certificate: issuer.issue('soon', host, { days: [-60, 20] }) });
    expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([]);
    expect(idsOf(verified, 'warning')).to.include('tls-expiry');
  });

  it('fails for a URL of plain HTTP on another host than this machine, with tls-in-use alone', async () => {
    expectOnly('tls-in-use', await verify({}, { url: `http://${host}` }));
  });

  it('fails for a name without an address, with dns-address alone', async () => {
    const target = { address: undefined };
    expectOnly('dns-address', await verify({}, { url: 'https://nobody.invalid', target }));
  });

  it('fails where nothing listens, with tcp-connection alone', async () => {
    const target = createTarget(new URL(`https://${host}`), { addresses: new Map([[host, '127.0.77.2']]) });
    expectOnly('tcp-connection', await verify({}, { target }));
  });

  it('fails for a service that does not reach Redis, with readiness-redis alone', async () => {
    const broken = await stack.start({ REDIS_URL: 'rediss://localhost:9' });
    try {
      expectOnly('readiness-redis', await verify({ servicePort: broken.port }));
    } finally {
      await broken.stop();
    }
  });

  it('fails for a service whose clock is an hour ahead, with token-clock alone', async function () {
    need(this, 'faketime', 'the Debian package faketime');
    // Without the program itself, which would stand between the service and the signal that ends it.
    const clock = { LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1', FAKETIME: '+1h' };
    const broken = await stack.start(clock);
    try {
      expectOnly('token-clock', await verify({ servicePort: broken.port }));
    } finally {
      await broken.stop();
    }
  });

  it('fails for a service that has lost Postgres, with readiness alone', async () => {
    const { cut, variables } = await stack.cuttableDatabase();
    const broken = await stack.start(variables);
    try {
      cut();
      const url = `http://127.0.0.1:${broken.port}`;
      await until(async () => (await ask(url, 'GET /api/v1/health/ready')).body?.status === 'degraded');
      expectOnly('readiness', await verify({ servicePort: broken.port }));
    } finally {
      await broken.stop();
    }
  });
});
