import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { type Reply, startApp, type TestApp } from '../../support/app.ts';
import { withFaults } from '../../support/faults.ts';
import { runStatement } from '../../support/run-statement.ts';
import { onOneStore } from '../../support/stores.ts';
import { isAccepted, type LoggedInUser, logInNewUser, sessionIdOf } from '../../support/users.ts';

/** Where a request comes from: its address behind the proxy of the tests, and its user agent. */
interface From {
  readonly ip?: string;
  readonly agent?: string;
}

const phone: Required<From> = { ip: '203.0.113.7', agent: 'App/1.0 (phone)' };
const behindProxy = { TRUSTED_PROXIES: '127.0.0.1' };

const anomalous: readonly [string, From][] = [
  ['another network', { ...phone, ip: '198.51.100.7' }],
  ['another network that differs in the third byte only', { ...phone, ip: '203.0.112.7' }],
  ['an IPv6 network, while the first was IPv4', { ...phone, ip: '2001:db8:1:2::7' }],
  ['another user agent', { ...phone, agent: 'curl/8.5.0' }],
  ['no user agent', { ip: phone.ip }],
  ['another network and user agent', { ip: '198.51.100.7', agent: 'curl/8.5.0' }],
];

const harmless: readonly [string, From, From][] = [
  ['the same client', phone, phone],
  ['another address of the same IPv4 block', phone, { ...phone, ip: '203.0.113.250' }],
  ['another /64 of the same IPv6 block', { ip: '2001:db8:7:1::1' }, { ip: '2001:db8:7:ffff::2' }],
  ['the same IPv4 address in its IPv6 form', phone, { ...phone, ip: '::ffff:203.0.113.7' }],
  ['a client that names no user agent either time', { ip: phone.ip }, { ip: phone.ip }],
];

onOneStore('A refresh token that is used twice within its grace period', (stores) => {
  let app: TestApp;
  let reporting: TestApp;
  before(async () => {
    app = await startApp(stores(), behindProxy);
    reporting = await startApp(stores(), { ...behindProxy, REFRESH_ANOMALY: 'report' });
  });
  after(async () => {
    await app.close();
    await reporting.close();
  });

  const refresh = (
    to: TestApp,
    refresh_token: string,
    { ip = '203.0.113.7', agent }: From,
  ): Promise<Reply> => {
    const headers = { 'X-Forwarded-For': ip, ...(agent && { 'User-Agent': agent }) };
    return to.ask('POST /api/v1/auth/refresh', { body: { refresh_token }, headers });
  };
  const anomalies = async ({ metrics }: TestApp, action: string) =>
    (await metrics.sessionAnomalies.get()).values.find(({ labels }) => labels.action === action)?.value;
  const events = ({ logged }: TestApp, user: LoggedInUser, name: string) =>
    logged().filter(({ event, userId }) => event === name && userId === user.id);
  const endCause = async ({ access }: LoggedInUser) =>
    (await createStore(stores().database).sessions.find(sessionIdOf(access)))?.endCause;

  for (const [title, second] of anomalous) {
    it(`ends its session when the second use comes from ${title}`, async () => {
      const user = await logInNewUser(app);
      const before = (await anomalies(app, 'ended')) ?? 0;
      const { body } = await refresh(app, user.refresh, phone);
      const reply = await refresh(app, user.refresh, second);
      expect([reply.status, reply.body.code]).to.deep.equal([401, 'invalid_refresh_token']);
      for (const access of [user.access, body.data.access_token]) {
        expect(await isAccepted(app, access)).to.equal(false);
      }
      expect((await refresh(app, body.data.refresh_token, phone)).status).to.equal(401);
      expect(await endCause(user)).to.equal('session_anomaly');
      expect(await anomalies(app, 'ended')).to.equal(before + 1);
      const [event, ...others] = events(app, user, 'session_anomaly');
      expect(event).to.include({ level: 'warn', action: 'ended', sessionId: sessionIdOf(user.access) });
      expect(event).to.include({ ip: second.ip, requestId: reply.headers['x-request-id'] });
      expect(others).to.deep.equal([]);
    });
  }

  it('ends its session whether the owner or the thief comes first, and says what differs', async () => {
    const user = await logInNewUser(app);
    const elsewhere = { ip: '198.51.100.7', agent: 'curl/8.5.0' };
    await refresh(app, user.refresh, elsewhere);
    expect((await refresh(app, user.refresh, phone)).status).to.equal(401);
    const [event] = events(app, user, 'session_anomaly');
    expect(event?.differences).to.deep.equal(['network', 'user_agent']);
  });

  it('ends its session when both uses come at the same time', async () => {
    const user = await logInNewUser(app);
    const sources = [phone, { ...phone, ip: '198.51.100.7' }];
    const replies = await Promise.all(sources.map((from) => refresh(app, user.refresh, from)));
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 401]);
    expect(await endCause(user)).to.equal('session_anomaly');
  });

  for (const [title, first, second] of harmless) {
    it(`returns the same successor to ${title}, and reports nothing`, async () => {
      const user = await logInNewUser(app);
      const reply = await refresh(app, user.refresh, first);
      const again = await refresh(app, user.refresh, second);
      expect([again.status, again.body.data?.refresh_token]).to.deep.equal([
        200,
        reply.body.data.refresh_token,
      ]);
      expect(events(app, user, 'session_anomaly')).to.deep.equal([]);
    });
  }

  it('may have been issued to another network and user agent', async () => {
    const user = await logInNewUser(app);
    const elsewhere = { ip: '198.51.100.7', agent: 'App/2.0' };
    const { body } = await refresh(app, user.refresh, elsewhere);
    expect((await refresh(app, user.refresh, elsewhere)).status).to.equal(200);
    expect((await refresh(app, body.data.refresh_token, phone)).status).to.equal(200);
  });

  it('proves nothing about its first client if the release before refreshed it', async () => {
    const user = await logInNewUser(app);
    const { body } = await refresh(app, user.refresh, phone);
    const unlike = { ip: '198.51.100.7', agent: 'App/2.0' };
    await refresh(app, body.data.refresh_token, unlike);
    // What the release before, which does not store the client, would have left in the row.
    await runStatement(
      stores(),
      `update sessions set client_counter = 2, ip = '${phone.ip}', user_agent = '${phone.agent}'
       where id = '${sessionIdOf(user.access)}'`,
    );
    expect((await refresh(app, body.data.refresh_token, unlike)).status).to.equal(200);
    expect(events(app, user, 'session_anomaly')).to.deep.equal([]);
  });

  it('returns the same successor with REFRESH_ANOMALY=report, and reports each further use', async () => {
    const user = await logInNewUser(reporting);
    const { body } = await refresh(reporting, user.refresh, phone);
    const again = await refresh(reporting, user.refresh, { ...phone, ip: '198.51.100.7' });
    expect([again.status, again.body.data.refresh_token]).to.deep.equal([200, body.data.refresh_token]);
    expect(await isAccepted(reporting, user.access)).to.equal(true);
    expect(await anomalies(reporting, 'reported')).to.equal(1);
    const [event] = events(reporting, user, 'session_anomaly');
    expect(event).to.include({ level: 'warn', action: 'reported', sessionId: sessionIdOf(user.access) });
    expect(event?.differences).to.deep.equal(['network']);
  });
});

onOneStore('REFRESH_GRACE', (stores) => {
  const refresh = (app: TestApp, refresh_token: string) =>
    app.ask('POST /api/v1/auth/refresh', { body: { refresh_token } });

  /** For each age, in milliseconds since the first use: the status of a second use, and why the session ended. */
  async function secondUses(grace: string, ages: readonly number[]) {
    const { stores: faulty, faults } = withFaults(stores());
    const app = await startApp(faulty, { REFRESH_GRACE: grace });
    const results: [number, string | null | undefined][] = [];
    try {
      for (const age of ages) {
        const user = await logInNewUser(app);
        await refresh(app, user.refresh);
        faults.clockAhead = age;
        const { status } = await refresh(app, user.refresh);
        const row = await createStore(stores().database).sessions.find(sessionIdOf(user.access));
        results.push([status, row?.endCause]);
      }
      return results;
    } finally {
      await app.close();
    }
  }

  it('is the time in which a second use returns the successor', async () => {
    expect(await secondUses('60s', [0, 60_000])).to.deep.equal([
      [200, null],
      [401, 'reuse_late'],
    ]);
  });

  it('of zero makes every second use end the session, also if the clock of the database is set back', async () => {
    const late = [401, 'reuse_late'];
    expect(await secondUses('0s', [0, -5_000])).to.deep.equal([late, late]);
  });
});
