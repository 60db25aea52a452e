import { createCursors, HistoryKeyset } from '../../http/route/cursor.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import { Id, PageQuery } from '../../http/route/fields.ts';
import type { Store } from '../../store/store.ts';
import { LoginHistory, presentLoginHistory } from './login-history-view.ts';

const ManagedLoginHistory = LoginHistory.extend({ user_id: Id.nullable() }).meta({
  id: 'ManagedLoginHistory',
});

/** @param services.replica may lag behind, which these lists tolerate */
export function loginHistoryEndpoints(services: { replica: Pick<Store, 'loginHistories'> }) {
  const { loginHistories } = services.replica;
  return [
    endpoint(
      'GET /api/v1/users/me/login-history',
      {
        summary: 'When and from where my account was logged in to',
        access: 'user',
        query: PageQuery,
        answers: { 200: { description: 'Newest first', data: LoginHistory.array(), page: true } },
      },
      async ({ caller, query: { limit, cursor } }) => {
        const userId = caller.user.id;
        const cursors = createCursors(HistoryKeyset, 'login history of a user', userId);
        const page = await loginHistories.listForUser({ userId, limit, after: cursors.decode(cursor) });
        return cursors.answer(page, presentLoginHistory);
      },
    ),
    endpoint(
      'GET /api/v1/admin/login-histories',
      {
        summary: 'Login attempts of all users, newest first',
        access: 'admin',
        query: PageQuery,
        answers: { 200: { description: 'A page', data: ManagedLoginHistory.array(), page: true } },
      },
      async ({ query: { limit, cursor } }) => {
        const cursors = createCursors(HistoryKeyset, 'login history');
        const page = await loginHistories.list({ limit, after: cursors.decode(cursor) });
        return cursors.answer(page, (entry) => ({ ...presentLoginHistory(entry), user_id: entry.userId }));
      },
    ),
  ];
}
