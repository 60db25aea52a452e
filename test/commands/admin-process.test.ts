import { expect } from 'chai';
import { createStore } from '../../app/store/store.ts';
import { start } from '../support/process.ts';
import { addSession, addUser } from '../support/rows.ts';
import { onRealStore } from '../support/stores.ts';
import { newUserFields } from '../support/users.ts';

onRealStore('The executable', (stores) => {
  async function run(args: readonly string[], input = '') {
    const url = new URL(stores().url());
    url.searchParams.set('sslmode', 'disable');
    const running = start([...args, '--json'], { DB_PRIMARY_DB_URL: url.href, ENV: 'production' }, input);
    let out = '';
    running.child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    const status = await running.ended;
    return { status, out, document: out ? JSON.parse(out) : undefined };
  }

  it('creates an administrator with a password from standard input, and not a second time', async function () {
    // Two processes, one of which hashes a password.
    this.timeout(60_000);
    const { email, password, username } = newUserFields();
    const create = ['admin', 'create', '--email', email, '--username', username, '--if-missing'];
    const first = await run(create, `${password}\n`);
    expect([first.status, first.document]).to.deep.equal([
      0,
      { id: first.document.id, email, username, changed: true },
    ]);
    expect((await run(create)).document).to.deep.equal({ ...first.document, changed: false });
  });

  it('ends the sessions of all users only when told to, and records it', async function () {
    this.timeout(60_000);
    const store = createStore(stores().database);
    const { id } = await addUser(store);
    const { id: session } = await addSession(store, id);
    const asked = await run(['sessions', 'end', '--all']);
    expect([asked.status, asked.document.error.code]).to.deep.equal([2, 'usage']);
    expect(await store.sessions.findActive(session)).to.not.equal(null);
    const { document, status } = await run(['sessions', 'end', '--all', '--yes']);
    expect(status).to.equal(0);
    expect(document.ended_sessions).to.be.greaterThan(0);
    expect(await store.sessions.findActive(session)).to.equal(null);
    const rows = await store.auditLog.search({ limit: 1, action: 'session.end_all' });
    expect(rows.items[0]).to.deep.include({
      ...{ actorType: 'command_line', targetType: 'session', targetId: 'all' },
      detail: { ended_sessions: document.ended_sessions, voided_reset_tokens: document.voided_reset_tokens },
    });
  });

  it('demands exactly one account', async () => {
    for (const names of [[], ['--email', 'a@example.com', '--id', '00000000-0000-0000-0000-000000000001']]) {
      const { document, status } = await run(['admin', 'disable', ...names]);
      expect([status, document.error.code]).to.deep.equal([2, 'usage']);
    }
  });
});
