import { expect } from 'chai';
import {
  changeAccount,
  disableAccount,
  enableAccount,
  endSessions,
  grantAdmin,
  issueResetLink,
  revokeAdmin,
  unlockAccount,
} from '../../app/commands/admin/account-changes.ts';
import { createOperator, type Operator } from '../../app/commands/admin/operator.ts';
import { createStore } from '../../app/store/store.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Entry } from '../support/audit.ts';
import { newNetwork } from '../support/networks.ts';
import { codeOf } from '../support/rows.ts';
import { openStatements } from '../support/run-statement.ts';
import { onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import {
  isAccepted,
  type LoggedInUser,
  logIn,
  logInNewAdmin,
  logInNewUser,
  newUserFields,
  onlyAdmins,
  registerUser,
} from '../support/users.ts';

onRealStore('auth-service admin', (stores) => {
  let app: TestApp;
  let operator: Operator;
  let admin: LoggedInUser;
  const announced: string[] = [];
  before(async () => {
    const redisUrl = stores().redisUrl?.();
    const urls = { DB_PRIMARY_DB_URL: stores().url(), ...(redisUrl && { REDIS_URL: redisUrl }) };
    app = await startApp(stores(), urls);
    operator = await createOperator(app.config, silentLog, stores());
    admin = await logInNewAdmin(app);
    await stores().redis.subscribe('session-events', (message) => announced.push(message));
  });
  after(() => app.close());

  const isAnnounced = (message: string) => until(async () => announced.includes(message));
  async function entriesOf(target: string): Promise<Entry[]> {
    const path = `GET /api/v1/admin/audit-log?target_id=${target}`;
    return (await app.ask(path, { token: admin.access })).body.data;
  }
  const commandLine = {
    actor_type: 'command_line',
    actor_id: null,
    session_id: null,
    ip: null,
    request_id: null,
  };

  it('finds the account by its email, its username in any case, or its id', async () => {
    const { email, id, username } = await registerUser(app);
    for (const options of [
      { email: ` ${email.toUpperCase()} ` },
      { username: username.toUpperCase() },
      { id },
    ]) {
      const { result } = await changeAccount(operator, options, enableAccount);
      expect(result).to.deep.equal({ id, email, username, changed: false });
    }
    const prefix = { username: username.slice(0, -1) };
    expect(await changeAccount(operator, prefix, enableAccount).catch(codeOf)).to.equal('user_not_found');
  });

  it('grants and takes the role at once on every replica, and repeats neither', async () => {
    const user = await logInNewUser(app);
    const canAdminister = async () =>
      (await app.ask('GET /api/v1/admin/users?limit=1', { token: user.access })).status;
    for (const [change, before, after] of [
      [grantAdmin, 403, 200],
      [revokeAdmin, 200, 403],
    ] as const) {
      expect(await canAdminister()).to.equal(before);
      announced.length = 0;
      expect((await changeAccount(operator, { id: user.id }, change)).result).to.include({ changed: true });
      await isAnnounced(`user ${user.id}`);
      await until(async () => (await canAdminister()) === after);
      expect((await changeAccount(operator, { id: user.id }, change)).result).to.include({ changed: false });
    }
    const rows = await entriesOf(user.id);
    expect(rows).to.have.length(2);
    expect(rows[0]).to.deep.include({
      ...{ ...commandLine, action: 'user.roles' },
      ...{ old_values: { roles: ['admin', 'user'] }, new_values: { roles: ['user'] } },
    });
    expect(rows[1]).to.deep.include({
      ...{ ...commandLine, action: 'user.roles' },
      ...{ old_values: { roles: ['user'] }, new_values: { roles: ['admin', 'user'] } },
    });
  });

  it('keeps the last active administrator', async () => {
    const last = await logInNewAdmin(app);
    await onlyAdmins(app, [last]);
    for (const change of [revokeAdmin, disableAccount]) {
      expect(await changeAccount(operator, { id: last.id }, change).catch(codeOf)).to.equal('last_admin');
    }
    expect(await isAccepted(app, last.access)).to.equal(true);
    await changeAccount(operator, { id: admin.id }, grantAdmin);
  });

  it('disables an account, whose sessions end and whose user cannot log in, and enables it', async () => {
    const user = await logInNewUser(app);
    const { lines, result } = await changeAccount(operator, { id: user.id }, disableAccount);
    expect(result).to.deep.include({ changed: true, ended_sessions: 1 });
    expect(lines).to.deep.equal([`user ${user.id} (${user.email}) is disabled, and 1 sessions have ended`]);
    await until(async () => !(await isAccepted(app, user.access)));
    const { email, password } = user;
    expect((await app.ask('POST /api/v1/auth/login', { body: { email, password } })).status).to.equal(401);
    expect((await changeAccount(operator, { id: user.id }, disableAccount)).result).to.include({
      changed: false,
    });
    await changeAccount(operator, { id: user.id }, enableAccount);
    await logIn(app, user);
    expect((await entriesOf(user.id)).map(({ action }) => action)).to.deep.equal([
      'user.enable',
      'user.disable',
    ]);
  });

  it('ends the sessions of an account, announces each, and says how many', async () => {
    const user = await logInNewUser(app);
    await logIn(app, user);
    announced.length = 0;
    const { result } = await changeAccount(operator, { username: user.username }, endSessions);
    expect(result).to.deep.include({ changed: true, ended_sessions: 2 });
    await until(async () => announced.filter((message) => message.startsWith('session ')).length === 2);
    await until(async () => !(await isAccepted(app, user.access)));
    expect((await entriesOf(user.id))[0]).to.deep.include({ ...commandLine, action: 'user.end_sessions' });
  });

  it('unlocks an account that has no attempt left, on the replicas that count in the same Redis', async () => {
    const { email, id, password } = await registerUser(app);
    const limited = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
    // Other tests count the attempts of their own networks in the same Redis.
    const headers = { 'X-Forwarded-For': newNetwork() };
    const status = async (text: string) =>
      (await limited.ask('POST /api/v1/auth/login', { body: { email, password: text }, headers })).status;
    try {
      await until(async () => (await status('wrong')) === 429);
      expect(await status(password)).to.equal(429);
      await changeAccount(operator, { email }, unlockAccount);
      expect(await status(password)).to.equal(200);
    } finally {
      await limited.close();
    }
    expect((await entriesOf(id))[0]).to.deep.include({ ...commandLine, action: 'user.unlock' });
  });

  it('unlocks nothing without the Redis in which attempts are counted', async () => {
    const { email } = await registerUser(app);
    const error = await changeAccount({ ...operator, hasRedis: false }, { email }, unlockAccount).catch(
      (reason: Error) => reason.message,
    );
    expect(error).to.contain('REDIS_URL is required');
  });

  it('issues a reset token that sets a password once, as a link of your page on demand', async () => {
    const user = await registerUser(app);
    const link = issueResetLink('https://app.example.com/reset#{token}');
    const { result } = await changeAccount(operator, { id: user.id }, link);
    const { expires_at, token } = result as { token: string; expires_at: string };
    expect(result).to.include({ link: `https://app.example.com/reset#${token}` });
    expect(new Date(expires_at).getTime()).to.be.within(Date.now() + 3_500_000, Date.now() + 3_700_000);
    const { password } = newUserFields();
    const reset = () => app.ask('POST /api/v1/auth/password/reset', { body: { token, password } });
    expect((await reset()).status).to.equal(200);
    expect((await reset()).status).to.equal(401);
    await logIn(app, { ...user, password });
    const rows = await entriesOf(user.id);
    expect(rows.at(-1)).to.deep.include({ ...commandLine, action: 'user.reset_token' });
    expect(JSON.stringify(rows)).to.not.contain(token);
  });

  it('locks the role before the user, as administrators do, so that neither waits for the other', async () => {
    const { id } = await registerUser(app);
    const statements = openStatements(stores());
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    try {
      let granting: Promise<unknown> | undefined;
      await stores().database.transaction(async (tx) => {
        await createStore(tx).roles.lockAdmin();
        granting = changeAccount(operator, { id }, grantAdmin);
        await until(async () => (await statements.run(waiting)).length > 0);
        const lock = 'select id from users where id = $1 for update nowait';
        expect(await statements.run(lock, [id])).to.deep.equal([{ id }]);
      });
      await granting;
    } finally {
      await statements.close();
    }
  });
});
