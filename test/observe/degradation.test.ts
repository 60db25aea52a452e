import { expect } from 'chai';
import { AppError } from '../../app/errors.ts';
import { createDegradation } from '../../app/observe/degradation.ts';
import { isWritingQuery, postgresOutcomes } from '../../app/observe/store-outcomes.ts';

const unavailable = (code?: string): AppError =>
  new AppError('service_unavailable', { cause: Object.assign(new Error('refused'), { code }) });

describe('the degradation of a dependency', () => {
  let shown: boolean[];
  let now: number;
  let outcomes: ReturnType<typeof postgresOutcomes>;
  beforeEach(() => {
    shown = [];
    now = 0;
    const show = (isDegraded: boolean): void => void shown.push(isDegraded);
    outcomes = postgresOutcomes(createDegradation({ show, isWrite: isWritingQuery, now: () => now }));
  });

  it('is shown when it changes, and only then', () => {
    outcomes.succeeded('health/ping');
    outcomes.failed(unavailable('ECONNREFUSED'));
    outcomes.failed(unavailable('ECONNREFUSED'));
    outcomes.succeeded('health/ping');
    outcomes.succeeded('users/insert');
    expect(shown).to.deep.equal([true, false]);
  });

  it('does not come from what a caller did wrong, nor from a fault of our own', () => {
    outcomes.failed(new AppError('email_taken'));
    outcomes.failed(new TypeError('no such thing'));
    expect(shown).to.deep.equal([]);
  });

  for (const state of ['25006', '53100']) {
    it(`outlasts reads after a write was refused with ${state}, and ends with one that succeeds`, () => {
      outcomes.failed(unavailable(state));
      for (const read of ['health/ping', 'sessions/find_active', 'users/list']) outcomes.succeeded(read);
      expect(shown).to.deep.equal([true]);
      outcomes.succeeded('sessions/rotate');
      expect(shown).to.deep.equal([true, false]);
    });
  }

  it('outlasts an outage that follows the refusal', () => {
    outcomes.failed(unavailable('25006'));
    outcomes.failed(unavailable('ECONNREFUSED'));
    outcomes.succeeded('health/ping');
    expect(shown).to.deep.equal([true]);
  });

  it('ends with a read when no write has been refused for longer than the service lets pass without one', () => {
    outcomes.failed(unavailable('25006'));
    now = 60_000;
    outcomes.failed(unavailable('25006'));
    now = 149_999;
    outcomes.succeeded('health/ping');
    expect(shown).to.deep.equal([true]);
    now = 150_000;
    outcomes.succeeded('health/ping');
    expect(shown).to.deep.equal([true, false]);
  });
});
