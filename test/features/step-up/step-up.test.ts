import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { createStepUp } from '../../../app/features/step-up/step-up.ts';
import { createLoginThrottle } from '../../../app/features/throttling/login-throttle.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import type { SystemStore } from '../../../app/store/store.ts';
import type { AuditEntry } from '../../../app/store/tables/audit-log.ts';
import { codeOf } from '../../support/rows.ts';

const now = Date.parse('2030-01-01T00:10:00.999Z');
const authTime = now / 1000 - 0.999;

function create(maxAgeMs = 600_000) {
  const rows: AuditEntry[] = [];
  const refused: string[] = [];
  const throttle = createLoginThrottle({
    redis: createInMemoryRedis(),
    secret: Buffer.alloc(32),
    enabled: true,
    scale: 1,
    onRefuse: (limit) => void refused.push(limit),
    onLockout: () => undefined,
  });
  // reason: recording a failure uses no other table.
  const store = {
    auditLog: { insert: async (row: AuditEntry) => void rows.push(row) },
  } as unknown as SystemStore;
  return { rows, refused, stepUp: createStepUp({ store, throttle, maxAgeMs, now: () => now }) };
}

const codeOfCheck = (time: number | null, maxAgeMs?: number): string | null => {
  try {
    create(maxAgeMs).stepUp.check(time);
    return null;
  } catch (error) {
    return codeOf(error);
  }
};

describe('A recent authentication', () => {
  it('is at most STEP_UP_MAX_AGE old, to the second', () => {
    expect(codeOfCheck(authTime - 600)).to.equal(null);
    expect(codeOfCheck(authTime - 601)).to.equal('insufficient_user_authentication');
    expect(codeOfCheck(authTime - 1, 1_000)).to.equal(null);
    expect(codeOfCheck(authTime - 2, 1_000)).to.equal('insufficient_user_authentication');
  });

  it('has a time that is known', () => {
    expect(codeOfCheck(null)).to.equal('insufficient_user_authentication');
    expect(codeOfCheck(0)).to.equal('insufficient_user_authentication');
  });
});

describe('A refused attempt', () => {
  const user = { id: 'u', email: '', username: '', roles: ['admin'], createdAt: new Date(now) };
  const attempt = (sessionId: string) => ({
    endpoint: { method: 'delete', path: '/api/v1/admin/roles/:name' } as const,
    params: { name: 'editor' },
    caller: { sessionId, user, disabled: false, version: 1, expiresAt: new Date(now) },
    client: { ip: '192.0.2.1', network: '192.0.2.1', userAgent: null, requestId: 'request-1' },
  });
  const insufficient = new AppError('insufficient_user_authentication');

  it('says in the audit log which route and what it named', async () => {
    const { stepUp, rows } = create();
    await stepUp.record(insufficient, attempt('s'));
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      actorId: 'u',
      action: 'authentication.insufficient',
      detail: { route: 'DELETE /api/v1/admin/roles/:name', name: 'editor' },
      requestId: 'request-1',
    });
  });

  it('leaves no row if it failed for another reason', async () => {
    const { stepUp, rows } = create();
    const others = [
      new AppError('role_not_found'),
      new AppError('rate_limited'),
      new Error('bug'),
      undefined,
    ];
    for (const error of others) await stepUp.record(error, attempt('s'));
    expect(rows).to.deep.equal([]);
  });

  it('is refused as one too many after a thousand in an hour, so that no session fills the audit log', async () => {
    const { stepUp, rows, refused } = create();
    const kinds = [insufficient, new AppError('wrong_password')];
    for (let n = 0; n < 500; n += 1) for (const error of kinds) await stepUp.record(error, attempt('thief'));
    for (const error of kinds)
      expect(await stepUp.record(error, attempt('thief')).catch(codeOf)).to.equal('rate_limited');
    expect([rows.length, refused]).to.deep.equal([1_000, ['step_up', 'step_up']]);
    await stepUp.record(insufficient, attempt('owner'));
    expect(rows).to.have.length(1_001);
  });
});
