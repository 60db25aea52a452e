import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Endpoint, endpoint } from '../../../app/http/route/endpoint.ts';
import { createRateLimits } from '../../../app/http/route/rate-limits.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import type { Budget } from '../../../app/store/rate-limit/rate-limiter.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { series } from '../../support/exposition.ts';
import { createRouteTable } from '../../support/route-table.ts';
import { onOneStore } from '../../support/stores.ts';
import { logInNewUser, newUserFields } from '../../support/users.ts';

/** The limits of the route table, by name. */
const limits = new Map<string, Budget>(
  createRouteTable().flatMap(({ limit }) => (limit ? [[limit.name, limit] as const] : [])),
);

/** A /64 that nobody has used before, without its last four groups. */
const newNetwork = () => `2001:db8:${randomBytes(4).toString('hex').replace(/^.{4}/, '$&:')}`;

onOneStore('Requests from one address', (stores) => {
  let app: TestApp;
  let token: string;
  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
    token = (await logInNewUser(app)).access;
  });
  after(() => app.close());

  /** The same for all routes, each of which has a budget of its own. */
  const network = newNetwork();
  const routes: Readonly<Record<string, string>> = {
    login: 'POST /api/v1/auth/login',
    register: 'POST /api/v1/auth/register',
    refresh: 'POST /api/v1/auth/refresh',
    password_reset: 'POST /api/v1/auth/password/reset',
    account_change: 'PATCH /api/v1/users/me',
  };
  const quotaOf = (headers: Record<string, unknown>) => [
    Number(headers['ratelimit-limit']),
    Number(headers['ratelimit-remaining']),
  ];

  for (const { name, points, window } of limits.values()) {
    /** Counted, and refused before it costs anything: its body is of the wrong form. */
    const ask = (from: string) =>
      app.ask(routes[name] ?? `no route is known here for the limit ${name}`, {
        body: { no: 'such field' },
        headers: { 'X-Forwarded-For': from },
        ...(name === 'account_change' && { token }),
      });

    it(`are refused after exactly ${points}, and state in each answer what is left: ${name}`, async () => {
      for (let left = points - 1; left >= 0; left -= 1) {
        const { status, headers } = await ask(`${network}::1`);
        expect([status, ...quotaOf(headers)]).to.deep.equal([422, points, left]);
        expect(headers).not.to.have.property('retry-after');
      }
      const { status, body, headers } = await ask(`${network}::1`);
      expect([status, body.code, ...quotaOf(headers)]).to.deep.equal([429, 'rate_limited', points, 0]);
      // A test may take twenty seconds.
      expect(Number(headers['ratelimit-reset'])).to.be.within(window / 1_000 - 20, window / 1_000);
      expect(headers['retry-after']).to.equal(headers['ratelimit-reset']);
      expect((await ask(`${network}:ffff:ffff:ffff:ffff`)).status).to.equal(429);
      const stranger = await ask(`${newNetwork()}::1`);
      expect([stranger.status, ...quotaOf(stranger.headers)]).to.deep.equal([422, points, points - 1]);
    });
  }
});

describe('The limits of requests', () => {
  it('are those of docs/limits.md', () => {
    expect(
      Object.fromEntries([...limits].map(([name, { points, window }]) => [name, { points, window }])),
    ).to.deep.equal({
      login: { points: 60, window: 60_000 },
      register: { points: 100, window: 3_600_000 },
      refresh: { points: 300, window: 60_000 },
      password_reset: { points: 30, window: 600_000 },
      account_change: { points: 100, window: 3_600_000 },
    });
    const document = readFileSync('docs/limits.md', 'utf8');
    for (const row of [
      'login, per address | 60 a minute |',
      'register, per address | 100 an hour |',
      'refresh, per address | 300 a minute |',
      'password reset, per address | 30 in ten minutes |',
      'changes of my account, per address | 100 an hour,',
      '`/metrics` on `PORT` without `METRICS_TOKEN`, per address | 30 a minute |',
    ]) {
      expect(document).to.contain(`\n| ${row}`);
    }
  });
});

describe('A route table', () => {
  it('with two different limits of one name does not start', () => {
    const limited = (points: number) =>
      endpoint(
        `GET /limited/${points}`,
        { summary: 'Limited', access: 'open', limit: { name: 'same', points, window: 1_000 }, answers: {} },
        () => ({}),
      );
    const create = (endpoints: Endpoint[]) => () =>
      createRateLimits({
        endpoints,
        redis: createInMemoryRedis(),
        enabled: true,
        scale: 1,
        metrics: createMetrics('test'),
      });
    expect(create([limited(1), limited(2)])).to.throw(TypeError, 'Two different rate limits are called same');
    const shared = limited(1);
    expect(create([shared, shared])).not.to.throw();
  });
});

onOneStore('A registration', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('costs one hash, whether or not its email or its username is taken', async () => {
    const hashes = async () => (await series(app.metrics)).get('auth_hash_duration_seconds_count') ?? 0;
    const outcomeOf = async (user: ReturnType<typeof newUserFields>) => {
      const before = await hashes();
      const { status, body } = await app.ask('POST /api/v1/auth/register', { body: user });
      return [status, body.code, (await hashes()) - before];
    };
    const taken = newUserFields();
    expect(await outcomeOf(taken)).to.deep.equal([201, undefined, 1]);
    const { email, username } = taken;
    expect(await outcomeOf({ ...newUserFields(), email })).to.deep.equal([409, 'email_taken', 1]);
    expect(await outcomeOf({ ...newUserFields(), username })).to.deep.equal([409, 'username_taken', 1]);
  });
});
