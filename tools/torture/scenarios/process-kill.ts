import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSteadyLoad } from '../../../test/support/steady-load.ts';
import { ask } from '../harness/client.ts';
import { startDeployment } from '../harness/deployment.ts';
import { startTimeout, waitFor } from '../harness/process.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';
import { logIn, register } from '../harness/users.ts';

/** Requests a second to both replicas together. */
const rates = { keptAlive: 100, fresh: 30 };

/** Failed requests of one kill: what is in flight, and what arrives while the kernel ends the process. */
const budget = 4;

/** As the image starts it (app/auth-service). */
const supervised = (): [string, ...string[]] => [process.execPath, 'dist/commands/supervisor/entry.js'];

function servingProcess({ process: { pid } }: Service): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

async function killOne(services: readonly Service[], token: string) {
  const half = { keptAlive: rates.keptAlive / services.length, fresh: rates.fresh / services.length };
  const loads = services.map(({ url }) => startSteadyLoad(`${url}/api/v1/users/me`, token, half));
  await sleep(3_000);
  const [service] = services;
  if (!service) throw new Error('no service');
  const pid = servingProcess(service);
  const start = performance.now();
  process.kill(pid, 'SIGKILL');
  await waitFor('the next process', () => servingProcess(service) !== pid, startTimeout);
  await waitFor(
    'an answer',
    async () => (await ask(service.url, 'GET /api/v1/health/live')).status === 200,
    startTimeout,
  );
  const seconds = (performance.now() - start) / 1_000;
  await sleep(3_000);
  const results = await Promise.all(loads.map((load) => load.stop()));
  return {
    seconds,
    sent: results.reduce((sum, { sent }) => sum + sent, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

export const processKill: Scenario = {
  name: 'process-kill',
  claim: 'kill -9 of the process of one of two supervised replicas fails fewer than 5 requests',
  async run(context) {
    const { quick, report } = context;
    const { replicas } = await startDeployment(context, { replicas: 2, wrap: () => supervised });
    const [first] = replicas;
    if (!first) throw new Error('no service');
    const { access: token } = await logIn(first.url, await register(first.url));
    // A fourth end within five minutes ends the supervisor.
    for (let kill = 1; kill <= (quick ? 1 : 3); kill += 1) {
      const { failures, seconds, sent } = await killOne(replicas, token);
      report.figure(
        `kill ${kill}`,
        `${failures.length} of ${sent} failed, answers again after ${seconds.toFixed(1)} s`,
      );
      report.check('few requests fail', failures.length <= budget, failures.join('; '));
      const fresh = failures.filter(
        (failure) => failure.startsWith('new') && failure.includes('ECONNREFUSED'),
      );
      report.check('no connection is refused', fresh.length === 0, fresh.join('; '));
    }
  },
};
