import { expect } from 'chai';
import { createNetworkStanding } from '../../../app/http/route/network-standing.ts';
import { useMonotonicClock } from '../../support/clock.ts';

const minute = 60_000;
const always = () => true;
const fail = () => Promise.reject(new Error('wrong password'));
const succeed = async () => 'tokens';

describe('The standing of a network', () => {
  const clock = useMonotonicClock({ isFrozen: true });
  const network = '198.51.100.7';
  let networks: ReturnType<typeof createNetworkStanding>;
  beforeEach(() => {
    networks = createNetworkStanding();
  });

  it('is clean until an attempt fails, and again a quarter of an hour after the last failure', async () => {
    expect(networks.priorityOf(network)).to.equal('clean');
    await networks.attempt(network, 'clean', always, fail).catch(() => undefined);
    expect(networks.priorityOf(network)).to.equal('suspect');
    expect(networks.priorityOf('198.51.100.8')).to.equal('clean');
    await clock.advance(15 * minute - 1);
    expect(networks.priorityOf(network)).to.equal('suspect');
    await clock.advance(2);
    expect(networks.priorityOf(network)).to.equal('clean');
  });

  it('is clean after a success, and not touched by an error that is nobody’s fault', async () => {
    await networks.attempt(network, 'clean', always, fail).catch(() => undefined);
    expect(await networks.attempt(network, 'clean', always, succeed)).to.equal('tokens');
    expect(networks.priorityOf(network)).to.equal('clean');
    const error = await networks
      .attempt(network, 'clean', () => false, fail)
      .catch((reason: Error) => reason.message);
    expect(error).to.equal('wrong password');
    expect(networks.priorityOf(network)).to.equal('clean');
  });

  it('is not cleared by a success after many failures, or of a known device', async () => {
    const guess = () => networks.attempt(network, 'suspect', always, fail).catch(() => undefined);
    await guess();
    await networks.attempt(network, 'known', always, succeed);
    expect(networks.priorityOf(network)).to.equal('suspect');
    for (let n = 0; n < 3; n += 1) {
      await guess();
      await networks.attempt(network, 'suspect', always, succeed);
    }
    expect(networks.priorityOf(network)).to.equal('suspect');
    await clock.advance(15 * minute + 1);
    await guess();
    await networks.attempt(network, 'suspect', always, succeed);
    expect(networks.priorityOf(network)).to.equal('clean');
  });

  it('is suspect if it comes back before Retry-After, and clean if it waits', async () => {
    networks.askedToWait(network, 10);
    await clock.advance(10_000);
    expect(networks.priorityOf(network)).to.equal('clean');
    networks.askedToWait(network, 10);
    await clock.advance(5_000);
    expect(networks.priorityOf(network)).to.equal('suspect');
    await clock.advance(5_000);
    expect(networks.priorityOf(network)).to.equal('suspect');
    await clock.advance(5_001);
    expect(networks.priorityOf(network)).to.equal('clean');
  });

  it('is suspect while it has more attempts at once than one user', async () => {
    const ends: (() => void)[] = [];
    const attempts = Array.from({ length: 4 }, () =>
      networks.attempt(
        network,
        'clean',
        always,
        () => new Promise<void>((resolve) => void ends.push(resolve)),
      ),
    );
    expect(networks.priorityOf(network)).to.equal('suspect');
    ends[0]?.();
    await attempts[0];
    expect(networks.priorityOf(network)).to.equal('clean');
    for (const end of ends) end();
    await Promise.all(attempts);
  });
});
