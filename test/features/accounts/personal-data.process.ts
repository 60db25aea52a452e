import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { accountEndpoints } from '../../../app/features/accounts/endpoints.ts';
import { createPersonalData } from '../../../app/features/accounts/personal-data.ts';
import { createStore } from '../../../app/store/store.ts';
import type { ActiveSession } from '../../../app/store/tables/sessions.ts';
import { withFaults } from '../../support/faults.ts';
import { addSession, addUser, auditEntry } from '../../support/rows.ts';
import { runStatement } from '../../support/run-statement.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { onOneStore } from '../../support/stores.ts';
import { endOfTransfer } from '../../support/transfer.ts';
import { until } from '../../support/until.ts';

const path = '/api/v1/users/me/export';
/** Twelve megabytes. The kernel and the streams store four for a client that does not read. */
const rowCount = 12_000;
const pageCount = rowCount / 500;
const userAgent = 'x'.repeat(1_000);

onOneStore('GET /api/v1/users/me/export', (stores) => {
  const store = () => createStore(stores().database);
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function addCaller(): Promise<ActiveSession> {
    const user = await addUser(store());
    const { id: sessionId } = await addSession(store(), user.id);
    return { sessionId, user, disabled: false, version: 1, expiresAt: new Date() };
  }
  const addHistory = ({ user }: ActiveSession) =>
    runStatement(
      stores(),
      `insert into login_histories (id, occurred_at, user_id, outcome, user_agent)
      select gen_random_uuid(), now() - n / 3 * interval '1 millisecond', '${user.id}', 'success', '${userAgent}'
      from generate_series(1, ${rowCount}) n`,
    );

  /** With a long login history, which takes a second to write. */
  let busyCaller: ActiveSession;
  before(async () => {
    busyCaller = await addCaller();
    await addHistory(busyCaller);
  });

  /** Serves the endpoint to callers who name themselves, over a database that counts pages and that a test can fail. */
  async function serve(callers: readonly ActiveSession[], limits = {}) {
    const { stores: faulty, faults } = withFaults(stores());
    const pages = { read: 0, failAt: Number.POSITIVE_INFINITY };
    const counted = createStore({
      ...faulty.database,
      query: (name, params) => {
        if (name === 'login_histories/list_for_user') pages.read += 1;
        faults.postgres = pages.read >= pages.failAt;
        return faulty.database.query(name, params);
      },
    });
    const personalData = createPersonalData({
      store: counted,
      replica: counted,
      maxConcurrent: 16,
      ...limits,
    });
    // reason: the endpoint of the export uses no other service.
    const services = { personalData } as unknown as Parameters<typeof accountEndpoints>[0];
    const served = await serveEndpoints(
      accountEndpoints(services).filter((endpoint) => endpoint.path === path),
      {
        authenticate: async (ctx) =>
          callers.find(({ user }) => user.id === ctx.get('Authorization')) ?? expect.fail('unknown caller'),
      },
    );
    closing.push(served.close);
    return { ...served, pages };
  }
  type Served = Awaited<ReturnType<typeof serve>>;

  function send({ port }: Served, { user }: ActiveSession, method = 'GET') {
    const headers = { Authorization: user.id };
    return request({ host: '127.0.0.1', port, path, headers, method, agent: false }).end();
  }
  /** The response when its headers have arrived. Its body is not read yet. */
  async function ask(served: Served, caller: ActiveSession, method?: string): Promise<IncomingMessage> {
    const [response] = await once(send(served, caller, method), 'response');
    return response;
  }
  async function statusOf(served: Served, caller: ActiveSession, method?: string) {
    const response = await ask(served, caller, method);
    await text(response);
    return response.statusCode;
  }
  /** What the log says of the first `count` requests, in the order in which they ended. */
  async function records(served: Served, count: number) {
    await until(() => served.lines.length >= count);
    return served.lines.map(({ status, aborted = false }) => [status, aborted]);
  }
  /** Waits until the service reads no further page, for longer than it takes to read one. */
  async function standstill({ pages }: Served): Promise<void> {
    let [last, looks] = [0, 0];
    await until(() => {
      looks = pages.read === last && last > 0 ? looks + 1 : 0;
      last = pages.read;
      return looks === 50;
    });
  }

  it('contains every row once, newest first, in one compact document', async () => {
    const caller = busyCaller;
    const [actor, target] = [caller.user.id, (await addUser(store())).id];
    await store().transaction(async (tx) => {
      for (let number = 0; number < 501; number += 1) {
        await tx.auditLog.insert(auditEntry({ action: `${number}`, actorId: actor, targetId: target }));
      }
    });
    const response = await ask(await serve([caller]), caller);
    const document = await text(response);
    expect(response.headers['content-type']).to.equal('application/json; charset=utf-8');
    expect(response.headers['content-disposition']).to.equal('attachment; filename="export.json"');
    const { data } = JSON.parse(document);
    expect(document).to.equal(JSON.stringify({ data }));
    expect(Object.keys(data)).to.deep.equal(['user', 'sessions', 'login_history', 'audit_log']);
    expect([data.user.id, data.sessions.length]).to.deep.equal([caller.user.id, 1]);
    const times = data.login_history.map((row: { occurred_at: string }) => row.occurred_at);
    expect(new Set(data.login_history.map(({ id }: { id: string }) => id)).size).to.equal(rowCount);
    expect(times).to.deep.equal(times.toSorted().reverse());
    const actions = data.audit_log.map(({ action }: { action: string }) => Number(action));
    expect(actions).to.deep.equal(Array.from({ length: 501 }, (_, index) => 500 - index));
  });

  it('reads only as many pages as its client takes', async () => {
    const caller = busyCaller;
    const served = await serve([caller]);
    const response = await ask(served, caller);
    await standstill(served);
    expect(served.pages.read).to.be.below(pageCount / 2);
    expect(JSON.parse(await text(response)).data.login_history).to.have.length(rowCount);
    expect(served.pages.read).to.equal(pageCount);
  });

  it('is one at a time for a user, and the next may follow when the client has disconnected', async () => {
    const [caller, other] = [busyCaller, await addCaller()];
    const served = await serve([caller, other]);
    const first = await ask(served, caller);
    const refused = await ask(served, caller);
    expect([refused.statusCode, refused.headers['retry-after']]).to.deep.equal([503, '5']);
    expect(JSON.parse(await text(refused)).code).to.equal('service_unavailable');
    expect(await statusOf(served, other)).to.equal(200);
    first.destroy();
    expect((await records(served, 3)).at(-1)).to.deep.equal([499, false]);
    await until(async () => (await statusOf(served, caller, 'HEAD')) === 200);
  });

  it('is for a limited number of users at once', async () => {
    const [one, other] = [busyCaller, await addCaller()];
    const served = await serve([one, other], { maxConcurrent: 1 });
    const first = await ask(served, one);
    expect(await statusOf(served, other)).to.equal(503);
    await text(first);
    await until(async () => (await statusOf(served, other)) === 200);
  });

  it('releases its slot when a HEAD was answered', async () => {
    const caller = await addCaller();
    const served = await serve([caller]);
    for (let count = 0; count < 3; count += 1)
      await until(async () => (await statusOf(served, caller, 'HEAD')) === 200);
    expect(served.pages.read).to.equal(0);
  });

  it('is a problem, and releases its slot, while the database is unavailable', async () => {
    const caller = await addCaller();
    const served = await serve([caller], { maxConcurrent: 1 });
    served.pages.failAt = 0;
    expect([await statusOf(served, caller), await statusOf(served, caller)]).to.deep.equal([503, 503]);
    served.pages.failAt = Number.POSITIVE_INFINITY;
    expect(await statusOf(served, caller)).to.equal(200);
  });

  it('is visibly incomplete, and releases its slot, when the database fails on the third page', async () => {
    const caller = busyCaller;
    const served = await serve([caller]);
    served.pages.failAt = 3;
    expect(await endOfTransfer(send(served, caller))).to.equal('ECONNRESET');
    expect(served.pages.read).to.equal(3);
    expect(await records(served, 1)).to.deep.equal([[503, true]]);
    served.pages.failAt = Number.POSITIVE_INFINITY;
    await until(async () => (await statusOf(served, caller)) === 200);
  });

  it('is visibly incomplete, and releases its slot, at its deadline', async () => {
    const caller = busyCaller;
    const served = await serve([caller], { deadline: 1 });
    expect(await endOfTransfer(send(served, caller))).to.equal('ECONNRESET');
    expect(await records(served, 1)).to.deep.equal([[503, true]]);
    await until(async () => (await statusOf(served, caller, 'HEAD')) === 200);
  });
});
