import { connect } from 'node:net';
import { expect } from 'chai';
import { managementPort, serviceUrl } from '../support/executable.ts';
import { start } from '../support/process.ts';
import { startSteadyLoad } from '../support/steady-load.ts';
import { onRealStore } from '../support/stores.ts';
import { startTimeout, useSupervisors } from '../support/supervisors.ts';
import { until } from '../support/until.ts';

/** Requests a second. tools/torture/scenarios/process-kill.ts kills the service under this load. */
const rates = { keptAlive: 100, fresh: 30 };

onRealStore('The supervisor', (stores) => {
  const { children, events, isRefused, logIn, metric, running, served, signalService, supervise, variables } =
    useSupervisors(stores);

  it('loses no request that arrives between the end of a killed service and its next start', async function () {
    this.timeout(2 * startTimeout);
    const supervisor = supervise();
    const url = await serviceUrl(supervisor);
    const token = await logIn(url);
    const [killed] = children(supervisor);
    signalService(supervisor, 'SIGKILL');
    await until(() => children(supervisor)[0] !== killed);
    const load = startSteadyLoad(`${url}/api/v1/users/me`, token, rates);
    await until(() => load.sent() > 20);
    expect(events(supervisor, 'listening')).to.have.length(1);
    await served(supervisor, 2);
    const answered = load.answered();
    await until(() => load.answered() > answered + 100);
    expect((await load.stop()).failures).to.deep.equal([]);
    expect(events(supervisor, 'process_restarted')).to.have.length(1);
  });

  it('starts a service again that aborts, crashes or fails, and ends with it the fourth time', async function () {
    this.timeout(5 * startTimeout);
    const fault = 'process.on("SIGUSR2", () => { throw new Error("unforeseen"); })';
    const preload = `--import=data:text/javascript,${encodeURIComponent(fault)}`;
    const supervisor = supervise({ SERVICE_NODE_OPTIONS: preload });
    const ports = [await serviceUrl(supervisor), await managementPort(supervisor)];
    const faults = ['SIGUSR2', 'SIGABRT', 'SIGSEGV'] as const;
    for (const [index, signal] of faults.entries()) {
      signalService(supervisor, signal);
      await served(supervisor, index + 2);
    }
    const metrics = await (await fetch(`http://127.0.0.1:${ports[1]}/metrics`)).text();
    expect(metrics).to.contain('\nauth_process_restarts_total 3\n');
    const listening = events(supervisor, 'listening').map(({ api, metrics }) => [api, metrics]);
    expect(listening).to.deep.equal(Array(4).fill([Number(new URL(ports[0] ?? '').port), Number(ports[1])]));
    signalService(supervisor, 'SIGKILL');
    expect(await supervisor.ended).to.equal(128 + 9);
    const ends = events(supervisor, 'process_restarted').map(({ level, signal, status }) => ({
      level,
      signal,
      status,
    }));
    expect(ends).to.deep.equal([
      { level: 'error', signal: null, status: 1 },
      { level: 'error', signal: 'SIGABRT', status: null },
      { level: 'error', signal: 'SIGSEGV', status: null },
    ]);
    expect(events(supervisor, 'process_given_up')[0]).to.include({ level: 'error', signal: 'SIGKILL' });
  });

  it('passes SIGTERM on, and loses no request while the service drains', async function () {
    this.timeout(startTimeout);
    const supervisor = supervise({ DRAIN_DELAY: '2s' });
    const url = await serviceUrl(supervisor);
    const load = startSteadyLoad(`${url}/api/v1/users/me`, await logIn(url), rates);
    await until(() => load.answered() > 100);
    supervisor.child.kill('SIGTERM');
    await supervisor.printed(/"event":"draining"/);
    const answered = load.answered();
    await until(() => load.answered() > answered + 50);
    expect((await load.stop()).failures).to.deep.equal([]);
    expect(await supervisor.ended, supervisor.output()).to.equal(0);
    expect(supervisor.output()).not.to.match(/"level":"(error|fatal)"|process_restarted/);
  });

  it('closes the ports when the drained service does, while a request is still in flight', async function () {
    this.timeout(startTimeout);
    const supervisor = supervise({ SHUTDOWN_TIMEOUT: '60s' });
    const url = await serviceUrl(supervisor);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const head =
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{';
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    await until(async () => (await metric(supervisor, 'http_requests_in_flight')) === 1);
    supervisor.child.kill('SIGTERM');
    await until(() => isRefused(url));
    expect([supervisor.child.exitCode, children(supervisor).length]).to.deep.equal([null, 1]);
    socket.destroy();
    expect(await supervisor.ended).to.equal(0);
  });

  it('ends with 0 after a signal during the start', async function () {
    this.timeout(startTimeout);
    const supervisor = supervise();
    await until(() => children(supervisor).length === 1);
    supervisor.child.kill('SIGTERM');
    expect(await supervisor.ended, supervisor.output()).to.equal(0);
  });

  it('does not start a service again that has not served, and ends with its status', async function () {
    this.timeout(startTimeout);
    const faulty = supervise({ ACCESS_TOKEN_TTL: '10 minutes' });
    const blocked = supervise({ DB_PRIMARY_DB_URL: 'postgresql://127.0.0.1:1/none?sslmode=disable' });
    expect(await faulty.ended).to.equal(78);
    expect(faulty.output()).to.contain('ACCESS_TOKEN_TTL');
    expect(await blocked.ended).to.equal(1);
    for (const { output } of [faulty, blocked]) expect(output()).not.to.contain('process_');
  });

  it('reports a port that is taken as the service does', async function () {
    this.timeout(startTimeout);
    const first = supervise();
    const port = await managementPort(first);
    const second = supervise({ METRICS_PORT: port });
    expect(await second.ended).to.equal(1);
    expect(second.output()).to.contain(`EADDRINUSE: address already in use :::${port}`);
    expect(events(second, 'port_unsupervised')[0]).to.include({ port: Number(port), reason: 'EADDRINUSE' });
  });

  it('leaves no service behind when it is killed itself', async function () {
    this.timeout(startTimeout);
    const supervisor = supervise();
    await serviceUrl(supervisor);
    supervisor.child.kill('SIGKILL');
    // The service has the same standard output, so the stream closes with the service.
    expect(await supervisor.ended).to.equal('SIGKILL');
    expect(supervisor.output()).to.contain('"event":"draining"').and.to.contain('"event":"stopped"');
  });

  it('runs by the option of the command as well, from the folder in which the program is', async function () {
    this.timeout(2 * startTimeout);
    const supervisor = start(['serve', '--supervise'], variables());
    running.push(supervisor);
    await serviceUrl(supervisor);
    signalService(supervisor, 'SIGKILL');
    await served(supervisor, 2);
    supervisor.child.kill('SIGINT');
    expect(await supervisor.ended, supervisor.output()).to.equal(0);
  });
});
