import { request } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { events, startTimeout, useKeptServices } from '../support/kept-services.ts';
import { startSteadyLoad } from '../support/steady-load.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';

/** Requests a second. tools/torture/scenarios/process-kill.ts kills the service under more. */
const rates = { keptAlive: 10, fresh: 10 };

onRealStore('The port keeper', (stores) => {
  const { logIn, startPod } = useKeptServices(stores);

  it('lets requests wait after SIGKILL, until the next service answers them', async function () {
    this.timeout(2 * startTimeout);
    const pod = await startPod();
    pod.service().child.kill('SIGKILL');
    await until(() => events(pod.keeper, 'port_kept').length === 1);
    const count = 30;
    const answers = Array.from({ length: count }, () => fetch(`${pod.url}/api/v1/health/live`));
    const service = await pod.next();
    expect((await Promise.all(answers)).map(({ status }) => status)).to.deep.equal(Array(count).fill(200));
    expect(events(service, 'connections_taken_over')).to.have.length(1);
    // The port keeper has closed the port: this connection has no relay.
    const direct = await fetch(`${pod.url}/api/v1/health/live`);
    expect([direct.status, direct.headers.get('connection')]).to.deep.equal([200, 'keep-alive']);
    expect(events(pod.keeper, 'port_not_kept')).to.deep.equal([]);
  });

  it('passes on the address of the client', async function () {
    this.timeout(2 * startTimeout);
    const pod = await startPod();
    const token = await logIn(pod.url);
    pod.service().child.kill('SIGKILL');
    await until(() => events(pod.keeper, 'port_kept').length === 1);
    // A second address of the loopback interface.
    const answer = new Promise<string>((resolve, reject) => {
      const options = { localAddress: '127.0.0.9', headers: { Authorization: `Bearer ${token}` } };
      request(`${pod.url}/api/v1/users/me`, options, (response) => {
        resolve(`${response.statusCode} ${response.headers.connection}`);
        response.resume();
      })
        .once('error', reject)
        .end();
    });
    const service = await pod.next();
    // The next connection of the client does not use the relay.
    expect(await answer).to.equal('200 close');
    await until(() => events(service, 'request').length > 0);
    expect(events(service, 'request')[0]).to.include({ ip: '127.0.0.9' });
  });

  it('ends after the service that drains, and loses no request', async function () {
    this.timeout(startTimeout);
    const pod = await startPod({ DRAIN_DELAY: '2s' });
    const load = startSteadyLoad(`${pod.url}/api/v1/users/me`, await logIn(pod.url), rates);
    await until(() => load.answered() > 20);
    for (const { child } of [pod.keeper, pod.service()]) child.kill('SIGTERM');
    await pod.service().printed(/"event":"draining"/);
    const answered = load.answered();
    await until(() => load.answered() > answered + 20);
    expect((await load.stop()).failures).to.deep.equal([]);
    expect(pod.keeper.child.exitCode).to.equal(null);
    expect(await pod.service().ended).to.equal(0);
    expect(await pod.keeper.ended).to.equal(0);
    expect(pod.keeper.output()).to.equal('');
  });

  it('ends at once by SIGTERM while the service is away', async function () {
    this.timeout(startTimeout);
    const pod = await startPod();
    pod.service().child.kill('SIGKILL');
    await until(() => events(pod.keeper, 'port_kept').length === 1);
    const socket = connect(pod.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve).resume());
    pod.keeper.child.kill('SIGTERM');
    expect(await pod.keeper.ended).to.equal(0);
    await closed;
  });

  it('may be killed: the service goes on, and finds the next port keeper', async function () {
    this.timeout(3 * startTimeout);
    const pod = await startPod();
    const load = startSteadyLoad(`${pod.url}/api/v1/users/me`, await logIn(pod.url), rates);
    await until(() => load.answered() > 20);
    pod.keeper.child.kill('SIGKILL');
    await pod.service().printed(/"event":"port_keeper_unavailable"/);
    const keeper = pod.startKeeper();
    const answered = load.answered();
    // The service asks for the port keeper every second.
    await until(() => load.answered() > answered + 60);
    expect((await load.stop()).failures).to.deep.equal([]);
    expect(events(pod.service(), 'port_keeper_unavailable')).to.have.length(1);
    pod.service().child.kill('SIGKILL');
    await until(() => events(keeper, 'port_kept').length === 1);
  });
});
