import { expect } from 'chai';
import { healthChecks } from '../../../app/commands/verify/checks/health.ts';
import type { VerifyContext } from '../../../app/commands/verify/context.ts';

const checks = {
  ...{ postgres: 'up', schema: 'current', redis: 'up', signing_key: 'usable' },
  ...{ isolated: false, draining: false },
};

describe('verify: the check of readiness', () => {
  async function find(status: number, body: object) {
    const reply = { status, body, sent: { path: '/api/v1/health/ready' } };
    const check = healthChecks.find(({ id }) => id === 'readiness');
    // reason: the check reads nothing else of its context
    return check?.run({ readiness: async () => reply } as unknown as VerifyContext);
  }

  it('passes for a service that is ready, whatever Redis does', async () => {
    for (const redis of ['up', 'degraded'])
      expect(await find(200, { status: 'ready', checks: { ...checks, redis } })).to.deep.equal({
        status: 'passed',
        message: 'ready',
      });
  });

  it('fails for a service that is degraded, although it answers 200', async () => {
    const body = { status: 'degraded', checks: { ...checks, postgres: 'down', schema: 'unknown' } };
    expect(await find(200, body)).to.include({
      status: 'failed',
      message: 'degraded: nobody can log in, postgres: down, schema: unknown',
    });
  });

  it('names a replica that alone has lost Postgres', async () => {
    const body = { status: 'not_ready', checks: { ...checks, postgres: 'down', isolated: true } };
    expect(await find(503, body)).to.include({
      status: 'failed',
      message: 'GET /api/v1/health/ready answered 503, postgres: down, isolated: true',
    });
  });
});
