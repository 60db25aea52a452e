import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cgroup, createCgroup } from '../harness/cgroup.ts';
import { ask, type Question } from '../harness/client.ts';
import { startDeployment } from '../harness/deployment.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';
import { median, percentile, round } from '../harness/statistics.ts';
import { type LoggedInUser, logIn, newUserFields, register, type UserFields } from '../harness/users.ts';
import { startAttack } from '../load/attack.ts';
import { podLimits } from './pod.ts';

const seconds = 13;
const logins = 18;
const attackers = 200;
/** Milliseconds. */
const maxKnownWait = 2_000;
const minNew = 12;
const readInterval = 25;

const wrongLogin = (email: string): string => {
  const body = JSON.stringify({ email, password: 'not-Th1s-one' });
  const headers = `Host: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return `POST /api/v1/auth/login HTTP/1.1\r\n${headers}${body}`;
};

/** Milliseconds until a client that obeys Retry-After is logged in, or null if the time is over before. */
async function logInPatiently(service: Service, question: Question, end: number): Promise<number | null> {
  const start = performance.now();
  while (performance.now() < end) {
    const { status, headers } = await ask(service.url, 'POST /api/v1/auth/login', question);
    if (status === 200) return performance.now() - start;
    if (status !== 429 && status !== 503 && status !== 0) return null;
    await sleep(Number(headers['retry-after'] ?? 1) * 1000);
  }
  return null;
}

const from = (localAddress: string): Agent => new Agent({ localAddress });

/** Logs in one user after the other at equal distances. @returns how long each waited */
async function logInAll(
  service: Service,
  users: readonly (UserFields & { device?: string })[],
  addressOf: (index: number) => string,
): Promise<(number | null)[]> {
  const end = performance.now() + seconds * 1000;
  const waits = users.map(async ({ email, password, device }, index) => {
    await sleep((index * seconds * 1000) / users.length);
    const body = { email, password, ...(device && { device_token: device }) };
    return logInPatiently(service, { body, agent: from(addressOf(index)), timeout: 10_000 }, end);
  });
  return Promise.all(waits);
}

/** GET /users/me at a fixed pace. @returns milliseconds of each answer, and what was not 200 */
async function readOwnUser(service: Service, token: string) {
  const agent = new Agent({ keepAlive: true, localAddress: '127.0.0.9' });
  const end = performance.now() + seconds * 1000;
  const times: number[] = [];
  const failures: string[] = [];
  while (performance.now() < end) {
    const { status, ms, error } = await ask(service.url, 'GET /api/v1/users/me', { token, agent });
    times.push(ms);
    if (status !== 200) failures.push(error ?? String(status));
    await sleep(readInterval);
  }
  agent.destroy();
  return { times, failures };
}

const describe = (waits: readonly (number | null)[]): string => {
  const done = waits.filter((wait) => wait !== null);
  return `${done.length} of ${waits.length}, median ${round(median(done), 0)} ms, worst ${round(Math.max(...done), 0)} ms`;
};

async function flood(
  context: ScenarioContext,
  service: Service,
  users: LoggedInUser[],
  { where, addresses }: { where: string; addresses: readonly string[] },
) {
  const { report, cleanup } = context;
  const name = `${where}, ${addresses.length} address${addresses.length === 1 ? '' : 'es'}`;
  const [reader] = users;
  if (!reader) throw new Error('no users');
  const quiet = await readOwnUser(service, reader.access);
  const hashed = await service.metric('auth_hash_duration_seconds_count');
  const opening = Array.from({ length: attackers }, (_, index) =>
    wrongLogin(index % 2 === 0 ? newUserFields().email : (users.at(-1)?.email ?? '')),
  );
  const attack = await startAttack(
    { base: service.url, connections: attackers, addresses, opening, behaviour: 'repeat', reopenAfter: 0 },
    cleanup,
  );
  const known = users.slice(0, logins);
  const strangers = users.slice(logins, 2 * logins).map(({ device: _, ...user }) => user);
  const [reading, knownWaits, newWaits] = await Promise.all([
    readOwnUser(service, reader.access),
    // From an address of the attack: the device token alone distinguishes them.
    logInAll(service, known, () => addresses[0] ?? ''),
    logInAll(service, strangers, (index) => `127.0.${addresses.length === 1 ? 20 : 21}.${index + 1}`),
  ]);
  const { answers } = attack.counts();
  await attack.stop();
  const checked = (await service.metric('auth_hash_duration_seconds_count')) - hashed;
  report.figure(`answers to the attack from ${name}`, JSON.stringify(answers));
  report.figure('passwords checked', checked);
  const inTime = knownWaits.filter((wait) => wait !== null && wait <= maxKnownWait).length;
  report.check(`${name}: known devices log in within 2 s`, inTime === logins, describe(knownWaits));
  const admitted = newWaits.filter((wait) => wait !== null).length;
  report.check(`${name}: at least ${minNew} new devices log in`, admitted >= minNew, describe(newWaits));
  const [before, during] = [percentile(quiet.times, 0.99), percentile(reading.times, 0.99)];
  const times = `${round(before)} → ${round(during)} ms, p50 ${round(median(quiet.times))} → ${round(median(reading.times))} ms`;
  report.check(`${name}: p99 of /users/me at most 3 times as long`, during <= 3 * before, times);
  report.check(`${name}: no error on /users/me`, reading.failures.length === 0, reading.failures.join(' '));
}

async function floodDeployment(context: ScenarioContext, where: string, cgroup?: Cgroup): Promise<void> {
  const env = { RATE_LIMIT: 'on', LOG_LEVEL: 'warn' };
  const deployment = await startDeployment(context, { env, ...(cgroup && { cgroup }) });
  const [service] = deployment.replicas;
  if (!service) throw new Error('no service');
  const users: LoggedInUser[] = [];
  while (users.length < 2 * logins + 1) {
    const agent = from(`127.0.30.${users.length + 1}`);
    users.push(await logIn(service.url, await register(service.url, { agent }), { agent }));
  }
  const many = Array.from({ length: attackers }, (_, index) => `127.0.10.${index + 1}`);
  for (const addresses of [['127.0.0.66'], many]) {
    const stopped = cgroup?.throttledPeriods() ?? 0;
    await flood(context, service, users, { where, addresses });
    if (!cgroup) continue;
    context.report.figure(
      'CPU periods of 100 ms in which the pod was stopped',
      cgroup.throttledPeriods() - stopped,
    );
  }
  await service.process.stop();
}

export const loginFlood: Scenario = {
  name: 'login-flood',
  claim:
    'Users log in while 200 clients send wrong logins without pause, on this machine and in the pod of the charts',
  async run(context) {
    await floodDeployment(context, 'machine');
    await floodDeployment(
      context,
      'pod',
      createCgroup(`torture-logins-${process.pid}`, podLimits, context.cleanup),
    );
  },
};
