import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSteadyLoad } from '../../../test/support/steady-load.ts';
import { startDeployment } from '../harness/deployment.ts';
import { freePort, startProcess } from '../harness/process.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';
import { logIn, register } from '../harness/users.ts';

/** Requests a second to both replicas together. */
const rates = { keptAlive: 100, fresh: 30 };

/** Failed requests of one kill: what is in flight, and what arrives while the kernel ends the process. */
const budget = 4;

/** Milliseconds between the end of a container and its next start, about as long as the kubelet needs. */
const restartDelay = 1_000;

/** Kills a service and starts it again as the kubelet does, under load. */
async function killOne(services: readonly Service[], token: string, restart: () => Promise<Service>) {
  const half = { keptAlive: rates.keptAlive / services.length, fresh: rates.fresh / services.length };
  const loads = services.map(({ url }) => startSteadyLoad(`${url}/api/v1/users/me`, token, half));
  await sleep(3_000);
  const [service] = services;
  if (!service) throw new Error('no service');
  const start = performance.now();
  await service.process.stop('SIGKILL');
  await sleep(restartDelay);
  const next = await restart();
  const seconds = (performance.now() - start) / 1_000;
  await sleep(3_000);
  const results = await Promise.all(loads.map((load) => load.stop()));
  return {
    next,
    seconds,
    sent: results.reduce((sum, { sent }) => sum + sent, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

export const processKill: Scenario = {
  name: 'process-kill',
  claim: 'kill -9 of one of two replicas with port keepers fails fewer than 5 requests',
  async run(context) {
    const { cleanup, folder, quick, report } = context;
    const { start } = await startDeployment(context, { replicas: 0 });
    const [port, keeperPort] = [await freePort(), await freePort()];
    const keeper = startProcess([process.execPath, 'dist/commands/port-keeper/entry.js'], {
      logFile: join(folder, 'port-keeper.log'),
      env: { KEEPER_PORT: String(keeperPort) },
    });
    cleanup.add(async () => void (await keeper.stop('SIGKILL')));
    const restart = () => start('replica-1', { port, env: { KEEPER_PORT: String(keeperPort) } });
    let first = await restart();
    const second = await start('replica-2');
    const { access: token } = await logIn(first.url, await register(first.url));
    for (let kill = 1; kill <= (quick ? 1 : 5); kill += 1) {
      const { failures, next, seconds, sent } = await killOne([first, second], token, restart);
      first = next;
      report.figure(
        `kill ${kill}`,
        `${failures.length} of ${sent} failed, answers again after ${seconds.toFixed(1)} s`,
      );
      report.check('few requests fail', failures.length <= budget, failures.join('; '));
    }
  },
};
