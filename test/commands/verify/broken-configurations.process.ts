import { expect } from 'chai';
import type { TestApp } from '../../support/app.ts';
import { onRealStore } from '../../support/stores.ts';
import {
  createScratchState,
  idsOf,
  problemsOf,
  type Run,
  runVerify,
  startLimitedApp,
} from './support/run-verify.ts';

interface Broken {
  readonly title: string;
  /** The variables that break the service. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly options?: Run['options'];
  readonly prepare?: (app: TestApp) => void;
  /** The check that must fail, and no other. */
  readonly check: string;
}

const origin = 'https://app.example.com';

/** Other deployments are broken by a proxy: test/deployments/verify-broken.deploy.ts. */
const table: readonly Broken[] = [
  {
    title: 'another issuer',
    variables: { JWT_ISSUER: 'somebody-else' },
    options: { expectedIssuer: 'auth-service' },
    check: 'token-issuer',
  },
  { title: 'ALLOWED_HOSTS that allow any host', variables: { ALLOWED_HOSTS: '*' }, check: 'host-header' },
  {
    title: 'CORS that is open to every origin',
    variables: { CORS_ALLOWED_ORIGINS: '["*"]' },
    check: 'cors-foreign',
  },
  {
    title: 'CORS that lacks the origin of the own pages',
    variables: { CORS_ALLOWED_ORIGINS: '["https://other.example.com"]' },
    check: 'cors-allowed',
  },
  {
    title: 'TRUSTED_PROXIES that contain every client',
    variables: { TRUSTED_PROXIES: '0.0.0.0/0' },
    check: 'client-address',
  },
  { title: 'rate limits that are off', variables: { RATE_LIMIT: 'off' }, check: 'rate-limit-headers' },
  {
    title: 'a service that does not run in production',
    options: { expectedEnvironment: 'production' },
    check: 'environment',
  },
  { title: 'an old version', options: { expectedVersion: '2.0.0' }, check: 'version' },
  {
    title: 'access tokens that are valid for a day',
    variables: { ACCESS_TOKEN_TTL: '24h' },
    check: 'token-lifetime',
  },
  { title: 'a replica that drains', prepare: (app) => app.drain(), check: 'readiness' },
  {
    title: 'API documentation that must not be public',
    options: { demandsPrivateDocs: true },
    check: 'docs-private',
  },
];

/** The application as it is in production, as far as that is possible in this process. */
const right = { ALLOWED_HOSTS: '127.0.0.1', CORS_ALLOWED_ORIGINS: `["${origin}"]` };

onRealStore('auth-service verify fails for', (stores) => {
  let state: ReturnType<typeof createScratchState>;
  before(() => {
    state = createScratchState();
  });
  after(() => state.remove());

  for (const { check, options, prepare, title, variables } of table)
    it(`${title}, with ${check} alone`, async () => {
      const app = await startLimitedApp(stores(), { ...right, ...variables });
      try {
        prepare?.(app);
        const verified = await runVerify({
          url: `http://127.0.0.1:${app.port}`,
          stateFolder: state.folder,
          // What is only accepted on a loopback address is a fault here. Plain HTTP has its own tests.
          target: { isLoopback: false },
          without: ['tls-in-use'],
          options: { origin, expectedEnvironment: 'test', ...options },
        });
        expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([check]);
        expect(verified.leftover).to.equal(null);
      } finally {
        await app.close();
      }
    });
});
