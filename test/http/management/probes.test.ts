import { expect } from 'chai';
import { managementLimits } from '../../../app/http/management/limits.ts';
import { createProbes } from '../../../app/http/management/probes.ts';
import { useMonotonicClock } from '../../support/clock.ts';

describe('The probes', () => {
  const clock = useMonotonicClock();
  const ready = { status: 'ready', checks: { postgres: 'up' } } as const;
  let heartbeats: number;
  let probes: ReturnType<typeof createProbes>;
  beforeEach(() => {
    heartbeats = 0;
    probes = createProbes(managementLimits, () => heartbeats);
  });
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) probes.tick();
  };
  const liveness = (): [number, object] => {
    const { body, status } = probes.liveness();
    return [status, JSON.parse(body)];
  };
  const readiness = (): [number, object] => {
    const { body, status } = probes.readiness();
    return [status, JSON.parse(body)];
  };

  it('are live for 30 seconds without a heartbeat, and not longer', () => {
    pass(29);
    expect(liveness()).to.deep.equal([200, { status: 'live', seconds_without_heartbeat: 29 }]);
    pass(1);
    expect(liveness()).to.deep.equal([503, { status: 'main_thread_blocked', seconds_without_heartbeat: 30 }]);
  });

  it('are live again with the next heartbeat', () => {
    pass(60);
    heartbeats += 1;
    expect(liveness()).to.deep.equal([200, { status: 'live', seconds_without_heartbeat: 0 }]);
    pass(29);
    expect(liveness()[0]).to.equal(200);
  });

  it('stay as they are while both threads stand still, whatever the clock says afterwards', async () => {
    probes.publish(ready);
    await clock.advance(3_600_000);
    expect([liveness()[0], readiness()[0]]).to.deep.equal([200, 200]);
    pass(1);
    expect([liveness()[0], readiness()[0]]).to.deep.equal([200, 200]);
  });

  it('are not ready before the main thread has checked the stores', () => {
    expect(readiness()).to.deep.equal([503, { status: 'not_ready', checks: null }]);
  });

  it('repeat the readiness of the main thread', () => {
    probes.publish(ready);
    expect(readiness()).to.deep.equal([200, ready]);
    probes.publish({ ...ready, status: 'not_ready' });
    expect(readiness()).to.deep.equal([503, { ...ready, status: 'not_ready' }]);
    probes.publish({ ...ready, status: 'degraded' });
    expect(readiness()).to.deep.equal([200, { ...ready, status: 'degraded' }]);
  });

  it('are not ready when the last check is ten seconds old, and say so', () => {
    probes.publish(ready);
    pass(9);
    expect(readiness()).to.deep.equal([200, ready]);
    pass(1);
    expect(readiness()).to.deep.equal([503, { ...ready, status: 'not_ready', seconds_since_checks: 10 }]);
    probes.publish(ready);
    expect(readiness()).to.deep.equal([200, ready]);
  });
});
