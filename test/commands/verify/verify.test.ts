import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { startCountingProxy } from './support/counting-proxy.ts';
import { createScratchState, idsOf, problemsOf, runVerify, startLimitedApp } from './support/run-verify.ts';

const origin = 'https://app.example.com';

onOneStore('auth-service verify', (stores) => {
  let app: TestApp;
  let state: ReturnType<typeof createScratchState>;
  before(async () => {
    app = await startLimitedApp(stores(), {
      CORS_ALLOWED_ORIGINS: `["${origin}"]`,
      ALLOWED_HOSTS: '127.0.0.1',
    });
  });
  after(() => app.close());
  beforeEach(() => {
    state = createScratchState();
  });
  afterEach(() => state.remove());

  const accountsLike = (email: string) =>
    stores()
      .database.query('users/find_by_email', [email])
      .then((rows) => rows.length);
  const emailOf = ({ outcomes }: Awaited<ReturnType<typeof runVerify>>): string =>
    outcomes.find(({ check }) => check.id === 'registration')?.finding.message ?? '';

  it('passes on a right deployment with at most 40 requests, and leaves no account and no file', async () => {
    const proxy = await startCountingProxy(app.port);
    try {
      const verified = await runVerify({
        url: proxy.url,
        stateFolder: state.folder,
        options: { origin, expectedVersion: '1.0.0', expectedIssuer: 'auth-service' },
      });
      expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([]);
      expect(idsOf(verified, 'warning'), problemsOf(verified)).to.deep.equal([]);
      // All that does not apply to plain HTTP on a loopback address.
      expect(idsOf(verified, 'skipped')).to.deep.equal([
        ...['dns-address', 'ipv6-connection', 'http-redirect', 'tls-in-use', 'tls-version'],
        ...['tls-old-versions', 'tls-chain', 'tls-host-name', 'tls-expiry', 'environment', 'docs-private'],
      ]);
      process.stdout.write(`    ${proxy.requests()} requests\n`);
      expect(proxy.requests()).to.be.within(30, 40);
      expect(verified.leftover).to.equal(null);
      expect(emailOf(verified)).to.match(/^verify-[0-9a-f]{16}@verify\.invalid$/);
      expect(await accountsLike(emailOf(verified))).to.equal(0);
      expect(readdirSync(state.folder.path)).to.deep.equal([]);
    } finally {
      await proxy.close();
    }
  });

  it('creates nothing with --read-only', async () => {
    const proxy = await startCountingProxy(app.port);
    const before = app.logged().length;
    try {
      const verified = await runVerify({
        url: proxy.url,
        stateFolder: state.folder,
        options: { isReadOnly: true },
      });
      expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([]);
      expect(idsOf(verified, 'passed')).to.include.members(['health', 'login-refused', 'latency']);
      expect(idsOf(verified, 'skipped')).to.include.members(['registration', 'login', 'logout', 'refresh']);
      const changes = app
        .logged()
        .slice(before)
        .filter(({ method, path }) => method !== 'GET' && /register|logout|delete/.test(String(path)));
      expect(changes).to.deep.equal([]);
      expect(proxy.requests()).to.be.within(20, 40);
    } finally {
      await proxy.close();
    }
  });

  describe('with --wait', () => {
    /** Time passes only between two attempts, and no attempt meets its deadline. */
    const clock = () => {
      let now = 0;
      return {
        now: () => now,
        sleep: async (time: number): Promise<void> => {
          now += time;
        },
        expire: () => new Promise<void>(() => undefined),
      };
    };

    it('waits for a service that becomes ready, with at most 40 requests', async () => {
      const proxy = await startCountingProxy(app.port, {
        '/api/v1/health': 3,
        '/api/v1/health/ready': 3,
      });
      try {
        const run = { url: proxy.url, stateFolder: state.folder, wait: 300_000, clock: clock() };
        const verified = await runVerify(run);
        expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([]);
        process.stdout.write(`    ${proxy.requests()} requests\n`);
        expect(proxy.requests()).to.be.at.most(40);
      } finally {
        await proxy.close();
      }
    });

    it('fails with one check alone if it never passes, with at most 40 requests', async () => {
      const proxy = await startCountingProxy(app.port);
      try {
        const options = { expectedVersion: '9.9.9' };
        const run = { url: proxy.url, stateFolder: state.folder, wait: 3_600_000, options, clock: clock() };
        const verified = await runVerify(run);
        expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal(['version']);
        process.stdout.write(`    ${proxy.requests()} requests\n`);
        expect(proxy.requests()).to.be.at.most(40);
      } finally {
        await proxy.close();
      }
    });
  });
});
