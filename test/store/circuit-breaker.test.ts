import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createCircuitBreaker } from '../../app/store/circuit-breaker.ts';
import { useMonotonicClock } from '../support/clock.ts';
import { until } from '../support/until.ts';

const silence = new Error('no answer');
const refusal = new Error('an answer, if a bad one');

/** A call that ends when the test says so. */
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
  let told: unknown[];
  let openings: number;
  let breaker: ReturnType<typeof createCircuitBreaker>;
  const clock = useMonotonicClock({ isFrozen: true });

  function create(slowFailure: number): void {
    probes = [];
    told = [];
    openings = 0;
    breaker = createCircuitBreaker({
      slowFailure,
      isOutage: (error) => error === silence,
      probe: () => {
        const probe = pending();
        probes.push(probe);
        return probe.promise;
      },
      onOpen: () => {
        openings += 1;
      },
      onChange: (isAway, cause) => told.push(isAway ? cause : 'back'),
    });
  }
  beforeEach(() => create(0));
  afterEach(() => breaker.stop());

  const fail = (cause = silence) => breaker.track(Promise.reject(cause));
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('opens before the caller hears of the silence, and is closed again by a probe that is answered', async () => {
    const call = pending();
    void breaker.track(call.promise);
    const seen = call.promise.catch(() => breaker.isOpen());
    call.reject(silence);
    expect(await seen).to.equal(true);
    probes[0]?.resolve('pong');
    await settled();
    expect([breaker.isOpen(), probes.length, told]).to.deep.equal([false, 1, []]);
  });

  it('stays open and asks again until a probe is answered, and tells of both ends once', async () => {
    await fail();
    probes[0]?.reject(silence);
    await until(() => probes.length === 2);
    await fail();
    expect([breaker.isOpen(), told]).to.deep.equal([true, [silence]]);
    probes[1]?.reject(refusal);
    await settled();
    expect([breaker.isOpen(), told, probes.length]).to.deep.equal([false, [silence, 'back'], 2]);
  });

  it('takes a refusal for the answer that it is', async () => {
    await fail(refusal);
    expect([breaker.isOpen(), probes.length]).to.deep.equal([false, 0]);
  });

  it('makes nothing of one silent call while others are answered', async () => {
    const slow = pending();
    const watched = breaker.track(slow.promise);
    await clock.advance(150);
    await breaker.track(Promise.resolve('answered'));
    slow.reject(silence);
    await watched;
    expect([breaker.isOpen(), probes.length]).to.deep.equal([false, 0]);
  });

  it('refuses nobody after a failure that took no time, until a probe has failed too', async () => {
    create(60_000);
    await fail();
    expect([breaker.isOpen(), probes.length]).to.deep.equal([false, 1]);
    probes[0]?.reject(silence);
    await settled();
    expect([breaker.isOpen(), told]).to.deep.equal([true, [silence]]);
  });

  it('opens once and asks one probe, however many calls fail together', async () => {
    await Promise.all(Array.from({ length: 20 }, () => fail()));
    expect([openings, probes.length]).to.deep.equal([1, 1]);
  });

  it('makes nothing of a silent probe while others are answered', async () => {
    create(60_000);
    await fail();
    await breaker.track(Promise.resolve('answered'));
    probes[0]?.reject(silence);
    await settled();
    expect([breaker.isOpen(), told, openings]).to.deep.equal([false, [], 0]);
  });

  it('has one probe under way, however long it takes', async () => {
    await fail();
    // Longer than the interval of the probes, which is a timer.
    await sleep(600);
    expect(probes).to.have.lengthOf(1);
    probes[0]?.reject(silence);
    await until(() => probes.length === 2);
  });

  it('lets nobody who waits be refused while a probe may be among them', async () => {
    create(50);
    const slow = pending();
    const watched = breaker.track(slow.promise);
    await clock.advance(150);
    await fail();
    slow.reject(silence);
    await watched;
    expect([breaker.isOpen(), probes.length, openings]).to.deep.equal([true, 1, 0]);
    probes[0]?.reject(silence);
    await settled();
    expect(openings).to.equal(1);
  });

  it('asks and tells nothing once it is stopped', async () => {
    await fail();
    breaker.stop();
    probes[0]?.reject(silence);
    await settled();
    create(0);
    breaker.stop();
    await fail();
    expect([told, probes.length]).to.deep.equal([[], 0]);
  });
});
