import { expect } from 'chai';
import { listAccounts } from '../../app/commands/admin/list-accounts.ts';
import { createStore } from '../../app/store/store.ts';
import { addUser, codeOf } from '../support/rows.ts';
import { onOneStore } from '../support/stores.ts';

onOneStore('auth-service admin list', (stores) => {
  interface Listed {
    readonly accounts: readonly { readonly id: string }[];
    readonly next_cursor: string | null;
  }

  async function list(options: { all?: boolean; limit?: number; cursor?: string | null }) {
    const { all = false, cursor, limit = 10 } = options;
    const store = createStore(stores().database);
    const { lines, result } = await listAccounts(store, { all, limit, ...(cursor && { cursor }) });
    return { ...(result as Listed), lines };
  }

  it('shows administrators with their status and last login', async () => {
    const store = createStore(stores().database);
    const [admin, other] = [await addUser(store), await addUser(store)];
    await store.roles.grant(admin.id, 'admin');
    await store.users.setDisabled(admin.id, true);
    const login = { userId: admin.id, reason: null, ip: null, userAgent: null, sessionId: null };
    const success = { ...login, id: crypto.randomUUID(), outcome: 'success' as const };
    await store.loginHistories.insert(success);
    await store.loginHistories.insert({ ...login, id: crypto.randomUUID(), outcome: 'failure' });
    const { items } = await store.loginHistories.listForUser({ userId: admin.id, limit: 10 });
    const loggedIn = items.find(({ id }) => id === success.id)?.occurredAt.toISOString();
    const { accounts, lines } = await list({});
    expect(accounts.map(({ id }) => id)).to.not.include(other.id);
    expect(accounts[0]).to.deep.equal({
      ...{ id: admin.id, email: admin.email, username: admin.username, status: 'disabled' },
      ...{ last_login: loggedIn, roles: ['admin', 'user'], created_at: admin.createdAt.toISOString() },
    });
    expect(lines[1]).to.contain(admin.email).and.contain('disabled').and.contain(loggedIn);
  });

  it('shows all accounts in pages, newest first, and refuses a cursor of another list', async () => {
    const store = createStore(stores().database);
    const [first, second] = [await addUser(store), await addUser(store)];
    const newest = await list({ all: true, limit: 1 });
    expect(newest.accounts.map(({ id }) => id)).to.deep.equal([second.id]);
    const next = await list({ all: true, limit: 1, cursor: newest.next_cursor });
    expect(next.accounts.map(({ id }) => id)).to.deep.equal([first.id]);
    expect(await list({ cursor: newest.next_cursor }).catch(codeOf)).to.equal('validation_failed');
  });
});
