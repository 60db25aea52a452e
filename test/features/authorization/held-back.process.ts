import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import {
  type Actor,
  type Attempt,
  changes,
  changingRoutes,
  createFixture,
  type Fixture,
  snapshot,
} from '../../support/changing-routes.ts';
import { type Interleaving, withInterleaving } from '../../support/interleaving.ts';
import { combine, expectDone } from '../../support/revocations.ts';
import { createChangingRoutes, createRouteTable } from '../../support/route-table.ts';
import { openStatements } from '../../support/run-statement.ts';
import { onRealStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

/** Sends the headers and half of the body. @returns a function that sends the rest and resolves with the answer */
function holdBack(port: number, { what, body }: Attempt, token: string) {
  const [method, path] = what.split(' ');
  const payload = Buffer.from(JSON.stringify(body));
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    'Content-Length': payload.length,
  };
  const request = httpRequest({ port, host: '127.0.0.1', method, path, headers });
  const answer = new Promise<{ status: number | undefined; code: unknown }>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, code: text && JSON.parse(text).code });
    });
  });
  const half = payload.length >> 1;
  request.write(payload.subarray(0, half));
  return () => {
    request.end(payload.subarray(half));
    return answer;
  };
}

const routes = createRouteTable();
const key = ({ method, path }: (typeof routes)[number]): string => `${method.toUpperCase()} ${path}`;
const withBody = new Set(routes.filter(({ body }) => body).map(key));

describe('The routes that these tests call', () => {
  const changing = createChangingRoutes();

  it('are all that change something for a logged-in user', () => {
    expect(changingRoutes).to.have.members(changing.filter(({ access }) => access !== 'open').map(key));
  });

  it('are all but those that have no logged-in user', () => {
    expect(changing.filter(({ access }) => access === 'open').map(key)).to.have.members([
      'POST /api/v1/auth/register',
      'POST /api/v1/auth/login',
      'POST /api/v1/auth/refresh',
      'POST /api/v1/auth/password/reset',
    ]);
  });
});

onRealStore('A change that a revocation on another replica overtakes', (stores) => {
  let app: TestApp;
  let replica: TestApp;
  let interleaving: Interleaving;
  let fixture: Fixture;
  let boss: Actor;
  let statements: ReturnType<typeof openStatements>;
  before(async () => {
    const between = withInterleaving(stores());
    interleaving = between.interleaving;
    app = await startApp(between.stores);
    replica = await startApp(stores());
    fixture = await createFixture(replica);
    boss = await fixture.addActor('admin');
    statements = openStatements(stores());
  });
  after(async () => {
    await statements.close();
    await app.close();
    await replica.close();
  });

  /** Everything that a request of the actor could change. */
  const state = () => snapshot(statements, fixture.users, fixture.roles);

  async function prepare([change, revocation]: ReturnType<typeof combine>[number]) {
    fixture.users.splice(0);
    fixture.roles.splice(0);
    const actor = await fixture.addActor(change.role);
    const attempt = await change.prepare(fixture, actor);
    return { actor, attempt, revoke: await revocation.prepare(replica, fixture, boss, actor) };
  }

  for (const combination of combine(changes)) {
    const [{ route }, { title, refusal }] = combination;
    it(`is refused when its user passed every check before: ${route}, ${title}`, async () => {
      const { actor, attempt, revoke } = await prepare(combination);
      let revoked: string[] = [];
      interleaving.beforeTransaction(async () => {
        await expectDone(revoke);
        revoked = await state();
      });
      const { body, ...reply } = await app.ask(attempt.what, { ...attempt, token: actor.access });
      expect([reply.status, body?.code]).to.deep.equal(refusal);
      expect(revoked).to.have.length.greaterThan(0);
      expect(await state()).to.deep.equal(revoked);
    });
  }

  for (const combination of combine(changes.filter(({ route }) => withBody.has(route)))) {
    const [{ route }, { title, refusal }] = combination;
    it(`is refused when its body was held back: ${route}, ${title}`, async () => {
      const { actor, attempt, revoke } = await prepare(combination);
      const authenticated = new Promise<void>((resolve) => {
        interleaving.after('sessions/find_active', async () => resolve());
      });
      const finish = holdBack(app.port, attempt, actor.access);
      await authenticated;
      await expectDone(revoke);
      const revoked = await state();
      const { status, code } = await finish();
      expect([status, code]).to.deep.equal(refusal);
      expect(await state()).to.deep.equal(revoked);
    });
  }

  it('is logged as any other refusal, with its user', async () => {
    const combination = combine(changes).find(
      ([{ role }, { title }]) => role === 'admin' && title === 'demotion',
    );
    if (!combination) throw new Error('there is no such combination');
    const { actor, attempt, revoke } = await prepare(combination);
    interleaving.beforeTransaction(() => expectDone(revoke));
    const { headers } = await app.ask(attempt.what, { ...attempt, token: actor.access });
    const find = () =>
      app
        .logged()
        .find(({ event, requestId }) => event === 'request' && requestId === headers['x-request-id']);
    await until(() => find() !== undefined);
    const security = { security: 'access_denied', outcome: 'failure', code: 'forbidden' };
    expect(find()).to.include({ ...security, userId: actor.id });
  });
});
