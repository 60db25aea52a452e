import { expect } from 'chai';
import { AppError } from '../../app/errors.ts';
import { createDegradationDetector } from '../../app/observe/degradation.ts';
import { createPostgresListener, isWriteQuery } from '../../app/observe/outcome-listeners.ts';

const unavailable = (code?: string): AppError =>
  new AppError('service_unavailable', { cause: Object.assign(new Error('refused'), { code }) });

describe('the degradation of a dependency', () => {
  let changes: boolean[];
  let now: number;
  let listener: ReturnType<typeof createPostgresListener>;
  beforeEach(() => {
    changes = [];
    now = 0;
    const onChange = (isDegraded: boolean): void => void changes.push(isDegraded);
    listener = createPostgresListener(
      createDegradationDetector({ onChange, isWrite: isWriteQuery, now: () => now }),
    );
  });

  it('is reported when it changes, and only then', () => {
    listener.onSuccess('health/ping');
    listener.onFailure(unavailable('ECONNREFUSED'));
    listener.onFailure(unavailable('ECONNREFUSED'));
    listener.onSuccess('health/ping');
    listener.onSuccess('users/insert');
    expect(changes).to.deep.equal([true, false]);
  });

  it('is not caused by an error of the caller or by a bug of the service', () => {
    listener.onFailure(new AppError('email_taken'));
    listener.onFailure(new TypeError('no such thing'));
    expect(changes).to.deep.equal([]);
  });

  for (const state of ['25006', '53100']) {
    it(`continues during reads after a write was refused with ${state}, and ends with a successful write`, () => {
      listener.onFailure(unavailable(state));
      for (const read of ['health/ping', 'sessions/find_active', 'users/list']) listener.onSuccess(read);
      expect(changes).to.deep.equal([true]);
      listener.onSuccess('sessions/rotate');
      expect(changes).to.deep.equal([true, false]);
    });
  }

  it('continues after an outage that follows a refused write', () => {
    listener.onFailure(unavailable('25006'));
    listener.onFailure(unavailable('ECONNREFUSED'));
    listener.onSuccess('health/ping');
    expect(changes).to.deep.equal([true]);
  });

  it('ends with a read when no write has been refused for 90 seconds, in which the service writes at least once', () => {
    listener.onFailure(unavailable('25006'));
    now = 60_000;
    listener.onFailure(unavailable('25006'));
    now = 149_999;
    listener.onSuccess('health/ping');
    expect(changes).to.deep.equal([true]);
    now = 150_000;
    listener.onSuccess('health/ping');
    expect(changes).to.deep.equal([true, false]);
  });
});
