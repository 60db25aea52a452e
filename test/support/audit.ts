import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import type { TestApp } from './app.ts';
import type { LoggedInUser } from './users.ts';

/** An entry of the audit log as the API presents it, or some of its fields. */
export interface Entry {
  readonly [field: string]: unknown;
}

export const sessionOf = ({ access }: LoggedInUser) => decodeJwt(access).sid;

/** What a test does and then reads in the audit log. */
export function createAuditReader(app: TestApp, admin: LoggedInUser) {
  /** The newest entries that match the filter. */
  async function entries(filter: string): Promise<Entry[]> {
    const reply = await app.ask(`GET /api/v1/admin/audit-log?limit=100&${filter}`, { token: admin.access });
    expect(reply.status).to.equal(200);
    return reply.body.data;
  }

  return {
    entries,

    /** Calls with a request id of its own. @returns that id */
    async act(what: string, status: number, body?: unknown, token?: string): Promise<string> {
      const id = randomUUID();
      const headers = { 'X-Request-Id': id };
      const ask = { headers, ...(body !== undefined && { body }), ...(token && { token }) };
      const reply = await app.ask(what, ask);
      expect([what, reply.status]).to.deep.equal([what, status]);
      return id;
    },

    /** The columns of the only entry about a request. */
    async entryOf(targetId: string, requestId: string): Promise<Entry> {
      const found = (await entries(`target_id=${targetId}`)).filter(
        (entry) => entry.request_id === requestId,
      );
      expect(found).to.have.length(1);
      const { id, occurred_at, request_id, ...columns } = found[0] ?? {};
      return columns;
    },
  };
}
