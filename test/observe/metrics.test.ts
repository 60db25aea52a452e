import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { attemptBudgets } from '../../app/features/throttling/login-throttle.ts';
import { createMetrics } from '../../app/observe/metrics.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { series } from '../support/exposition.ts';
import { createRouteTable } from '../support/route-table.ts';
import { onOneStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logInNewUser, newUserFields } from '../support/users.ts';

/** docs/metrics.md without the generated reference. */
const [prose = ''] = readFileSync('docs/metrics.md', 'utf8').split('## Reference');

describe('metrics', () => {
  it('have label values that docs/metrics.md explains', async () => {
    const metrics = await createMetrics('any').registry.getMetricsAsJSON();
    const service = metrics.filter(({ name }) => !/^(nodejs|process)_|_info$/.test(name));
    // reason: prom-client types labels as numbers too, which only `le` has.
    const labels = service.flatMap(({ values }) =>
      values.map((value) => value.labels as Record<string, string>),
    );
    const values = labels.flatMap(({ le: _, ...others }) => Object.values(others));
    expect(values).to.include.members(['token_check', 'network_account', 'reuse_late', '431']);
    for (const value of values) expect(prose).to.contain(`\`${value}\``);
  });

  it('have a series from the start for every value of a label that the code knows', async () => {
    // `rate` misses the first event of a series that begins with it, and the graph of a share has no value before.
    const metrics = await createMetrics('any').registry.getMetricsAsJSON();
    const ofEvents = metrics.filter(
      ({ name, type }) => /^(auth|http)_/.test(name) && /counter|histogram/.test(`${type}`),
    );
    const missing = ofEvents.filter(({ values }) => values.length === 0).map(({ name }) => name);
    // The routes begin with their first request: there are too many combinations of route and status.
    expect(missing).to.deep.equal(['http_request_duration_seconds']);
    const text = await createMetrics('any').registry.metrics();
    for (const store of ['auth_postgres_query', 'auth_redis_command'])
      for (const outcome of ['ok', 'error'])
        expect(text).to.contain(`${store}_duration_seconds_bucket{le="0.25",outcome="${outcome}"} 0`);
    for (const priority of ['known', 'clean', 'suspect'])
      expect(text).to.contain(`auth_hash_wait_seconds_count{priority="${priority}"} 0`);
  });

  it('carry an exemplar only if the observation has a trace', async () => {
    let trace: string | undefined = 'aa'.repeat(16);
    const traced = createMetrics('test', () => trace);
    traced.hashWait.observe(0.03, { priority: 'clean' });
    expect(await traced.registry.metrics()).to.contain(`# {trace_id="${trace}"} 0.03`);
    trace = undefined;
    traced.queryDuration.observe(0.03, { outcome: 'ok' });
    expect((await traced.registry.metrics()).match(/trace_id/g)).to.have.length(1);
    const plain = createMetrics('test');
    plain.hashWait.observe(0.03, { priority: 'clean' });
    expect(await plain.registry.metrics()).not.to.contain('trace_id');
  });

  it('show the running version, and end as OpenMetrics requires', async () => {
    const text = await createMetrics('1.2.3').registry.metrics();
    expect(text).to.contain(`auth_build_info{version="1.2.3"} 1`);
    expect(text.endsWith('# EOF\n')).to.equal(true);
  });
});

onOneStore('metrics of requests', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());
  const value = async (name: string): Promise<number> => (await series(app.metrics)).get(name) ?? Number.NaN;

  it('count a request while it is in flight, and measure its duration in seconds', async () => {
    const count =
      'http_request_duration_seconds_count{method="GET",route="/api/v1/health/ready",status="200"}';
    const before = (await series(app.metrics)).get(count) ?? 0;
    await app.ask('GET /api/v1/health/ready');
    expect(await value(count)).to.equal(before + 1);
    await until(async () => (await value('http_requests_in_flight')) === 0);
    const [, sum] =
      [...(await series(app.metrics))].find(([name]) => name.includes('seconds_sum{method')) ?? [];
    // A smaller sum would mean a wrong unit.
    expect(sum).to.be.greaterThan(0.00005);
  });

  it('have a series from the start for each limit that refuses requests', async () => {
    const { values } = await app.metrics.rateLimited.get();
    const ofRoutes = createRouteTable().flatMap(({ limit }) => limit?.name ?? []);
    // A device that has used up its budget is refused by the limits for unknown devices.
    const ofAttempts = Object.keys(attemptBudgets).filter((name) => name !== 'device');
    const limits = values.map(({ labels }) => labels.limit);
    expect(limits).to.have.members([...new Set(ofRoutes), ...ofAttempts]);
    for (const limit of limits) expect(prose).to.contain(`\`${limit}\``);
  });

  it('count logins by outcome and reason', async () => {
    const succeeded = 'auth_logins_total{outcome="success",reason="none"}';
    const failed = 'auth_logins_total{outcome="failure",reason="unknown_email"}';
    const before = await series(app.metrics);
    await logInNewUser(app);
    const { email, password } = newUserFields();
    await app.ask('POST /api/v1/auth/login', { body: { email, password } });
    expect(await value(succeeded)).to.equal((before.get(succeeded) ?? 0) + 1);
    expect(await value(failed)).to.equal((before.get(failed) ?? 0) + 1);
  });

  it('count refreshes by cause, requests for keys, and hashes', async () => {
    const user = await logInNewUser(app);
    const before = await series(app.metrics);
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: 'nonsense' } });
    await app.ask('GET /.well-known/jwks.json');
    for (const name of [
      'auth_refreshes_total{outcome="success",cause="rotated"}',
      'auth_refreshes_total{outcome="failure",cause="malformed"}',
      'auth_jwks_requests_total',
    ]) {
      expect(await value(name)).to.equal((before.get(name) ?? 0) + 1);
    }
    expect(await value('auth_hash_duration_seconds_count')).to.be.greaterThan(0);
  });

  it('show the age of each accepted key by its kid', async () => {
    for (const { kid, use } of app.keys.ages()) {
      expect(await value(`auth_signing_key_age_seconds{kid="${kid}",use="${use}"}`)).to.be.at.least(0);
    }
  });
});
