import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { renderExport } from '../../../app/features/accounts/export-view.ts';
import type { ExportedData } from '../../../app/features/accounts/personal-data.ts';
import type { Account } from '../../../app/store/tables/users.ts';
import { newUser } from '../../support/rows.ts';

async function* pages<Row>(...each: Row[][]) {
  yield* each;
}

describe('The document of an export', () => {
  const now = new Date();
  const account: Account = {
    ...newUser(),
    roles: [],
    createdAt: now,
    updatedAt: now,
    passwordChangedAt: now,
    disabledAt: null,
    deviceEpoch: 1,
    version: 1,
  };
  const session = (id: string) => {
    const times = { createdAt: now, lastSeenAt: now, endedAt: null };
    return { id, ip: null, userAgent: null, endCause: null, ...times };
  };
  const render = async (sessions: ExportedData['sessions']) => {
    const data = { account, sessions, loginHistory: pages([]), auditLog: pages([]) };
    const caller = { sessionId: 'a', user: account, disabled: false, version: 1, expiresAt: now };
    return JSON.parse(await text(renderExport(data, caller))).data;
  };

  it('has an empty array for an empty list', async () => {
    const { login_history, audit_log } = await render(pages([session(randomUUID())]));
    expect([login_history, audit_log]).to.deep.equal([[], []]);
  });

  it('is well-formed if the rows of a page were purged after the page before had been read', async () => {
    const { sessions } = await render(pages([session('a')], [], [session('b')], []));
    const seen = sessions.map(({ id, current }: { id: string; current: boolean }) => [id, current]);
    expect(seen).to.deep.equal([
      ['a', true],
      ['b', false],
    ]);
  });
});
