import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createCircuitBreaker } from '../../app/store/circuit-breaker.ts';
import { useMonotonicClock } from '../support/clock.ts';
import { until } from '../support/until.ts';

const noAnswer = new Error('no answer');
const errorAnswer = new Error('an answer with an error');

/** A call that the test ends. */
function pending() {
  let resolve: (value: unknown) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}

describe('A circuit breaker', () => {
  let probes: ReturnType<typeof pending>[];
  let reports: unknown[];
  let openings: number;
  let breaker: ReturnType<typeof createCircuitBreaker>;
  const clock = useMonotonicClock({ isFrozen: true });

  function create(slowFailure: number): void {
    probes = [];
    reports = [];
    openings = 0;
    breaker = createCircuitBreaker({
      slowFailure,
      isOutage: (error) => error === noAnswer,
      probe: () => {
        const probe = pending();
        probes.push(probe);
        return probe.promise;
      },
      onOpen: () => {
        openings += 1;
      },
      onChange: (isUnavailable, cause) => reports.push(isUnavailable ? cause : 'back'),
    });
  }
  beforeEach(() => create(0));
  afterEach(() => breaker.stop());

  const fail = (cause = noAnswer) => breaker.track(Promise.reject(cause));
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('opens before the caller gets the error, and closes when a probe is answered', async () => {
    const call = pending();
    void breaker.track(call.promise);
    const seen = call.promise.catch(() => breaker.isOpen());
    call.reject(noAnswer);
    expect(await seen).to.equal(true);
    probes[0]?.resolve('pong');
    await settled();
    expect([breaker.isOpen(), probes.length, reports]).to.deep.equal([false, 1, []]);
  });

  it('stays open and probes until an answer comes, and reports begin and end once', async () => {
    await fail();
    probes[0]?.reject(noAnswer);
    await until(() => probes.length === 2);
    await fail();
    expect([breaker.isOpen(), reports]).to.deep.equal([true, [noAnswer]]);
    probes[1]?.reject(errorAnswer);
    await settled();
    expect([breaker.isOpen(), reports, probes.length]).to.deep.equal([false, [noAnswer, 'back'], 2]);
  });

  it('treats an error that the server sent as an answer', async () => {
    await fail(errorAnswer);
    expect([breaker.isOpen(), probes.length]).to.deep.equal([false, 0]);
  });

  it('ignores a call without an answer while others are answered', async () => {
    const slow = pending();
    const watched = breaker.track(slow.promise);
    await clock.advance(150);
    await breaker.track(Promise.resolve('answered'));
    slow.reject(noAnswer);
    await watched;
    expect([breaker.isOpen(), probes.length]).to.deep.equal([false, 0]);
  });

  it('rejects no call after a quick failure until a probe has failed too', async () => {
    create(60_000);
    await fail();
    expect([breaker.isOpen(), probes.length]).to.deep.equal([false, 1]);
    probes[0]?.reject(noAnswer);
    await settled();
    expect([breaker.isOpen(), reports]).to.deep.equal([true, [noAnswer]]);
  });

  it('opens once and sends one probe, however many calls fail together', async () => {
    await Promise.all(Array.from({ length: 20 }, () => fail()));
    expect([openings, probes.length]).to.deep.equal([1, 1]);
  });

  it('ignores a probe without an answer while other calls are answered', async () => {
    create(60_000);
    await fail();
    await breaker.track(Promise.resolve('answered'));
    probes[0]?.reject(noAnswer);
    await settled();
    expect([breaker.isOpen(), reports, openings]).to.deep.equal([false, [], 0]);
  });

  it('has one probe in flight, however long it takes', async () => {
    await fail();
    // Longer than the interval of the probes, which is a timer.
    await sleep(600);
    expect(probes).to.have.lengthOf(1);
    probes[0]?.reject(noAnswer);
    await until(() => probes.length === 2);
  });

  it('does not call onOpen while a probe may be among the pending calls', async () => {
    create(50);
    const slow = pending();
    const watched = breaker.track(slow.promise);
    await clock.advance(150);
    await fail();
    slow.reject(noAnswer);
    await watched;
    expect([breaker.isOpen(), probes.length, openings]).to.deep.equal([true, 1, 0]);
    probes[0]?.reject(noAnswer);
    await settled();
    expect(openings).to.equal(1);
  });

  it('neither probes nor reports after it was stopped', async () => {
    await fail();
    breaker.stop();
    probes[0]?.reject(noAnswer);
    await settled();
    create(0);
    breaker.stop();
    await fail();
    expect([reports, probes.length]).to.deep.equal([[], 0]);
  });
});
