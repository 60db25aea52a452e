import { setTimeout as sleep } from 'node:timers/promises';
import { type Cgroup, createCgroup } from '../harness/cgroup.ts';
import { ask } from '../harness/client.ts';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import { startWatch } from '../harness/pod-watch.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';
import { round } from '../harness/statistics.ts';
import { type LoggedInUser, logIn, register } from '../harness/users.ts';
import { type AttackPlan, startAttack } from '../load/attack.ts';
import { prepareExports } from './pod-export.ts';

/** The limits that the charts give to the pod. */
export const podLimits = { cpus: 0.5, memoryBytes: 512 * 1024 * 1024 };
const maxMemoryShare = 0.85;
/** Milliseconds; kubelet waits a second for an answer by default. */
const maxLiveness = 1_000;
const oneAddress = ['127.0.0.66'];
/** Many enough that the limit of an address protects nothing. */
const manyAddresses = Array.from({ length: 100 }, (_, index) => `127.0.10.${index + 1}`);

type Phase = Omit<AttackPlan, 'base' | 'addresses'> & {
  readonly name: string;
  readonly seconds: number;
};

const get = (path: string, token = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\n${token && `Authorization: Bearer ${token}\r\n`}\r\n`;

/** Half of a body of this size, behind the headers that announce the whole of it. */
function halfBody(path: string, size: number): string {
  const headers = `Host: a\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
  return `POST ${path} HTTP/1.1\r\n${headers}{"email":"${'a'.repeat(size / 2)}`;
}

/** Every GET of the OpenAPI document that needs no parameter in its path. */
async function pathsOfGets(service: Service): Promise<string[]> {
  const { body } = await ask(service.url, 'GET /api/v1/openapi.json');
  const paths = Object.entries<Record<string, unknown>>(body.paths);
  return paths.filter(([path, methods]) => methods.get && !path.includes('{')).map(([path]) => path);
}

/** An administrator reads what no other user may read. */
async function logInNewAdmin({ postgres }: Deployment, service: Service): Promise<LoggedInUser> {
  const user = await register(service.url);
  await postgres.sql`
    insert into user_roles (user_id, role_id)
    select users.id, roles.id from users, roles where users.email = ${user.email} and roles.name = 'admin'`;
  return logIn(service.url, user);
}

async function phasesFor(service: Service, { access }: LoggedInUser): Promise<Phase[]> {
  const login = '/api/v1/auth/login';
  const bodies = [halfBody('/api/v1/auth/register', 95_000), halfBody(login, 95_000), halfBody(login, 3_900)];
  const readers = (await pathsOfGets(service)).map((path) => ({
    ...{ name: `5,000 slow readers of ${path}`, connections: 5_000, behaviour: 'never-read' as const },
    ...{ opening: [get(path, access).repeat(4)], reopenAfter: null, seconds: 3 },
  }));
  return [
    {
      ...{ name: '2,000 busy connections', connections: 2_000, behaviour: 'repeat', reopenAfter: 500 },
      ...{ opening: [get('/nothing'), get('/api/v1/health/live')], seconds: 20 },
    },
    {
      ...{ name: '10,000 idle connections', connections: 10_000, behaviour: 'read', reopenAfter: 5_000 },
      ...{ opening: ['', get('/api/v1/health')], seconds: 20 },
    },
    {
      ...{ name: '10,000 half-sent bodies', connections: 10_000, behaviour: 'read', reopenAfter: 5_000 },
      ...{ opening: bodies, seconds: 20 },
    },
    ...readers,
    {
      ...{ name: '1,185 pipelining connections', connections: 1_185, behaviour: 'never-read' },
      ...{ opening: [get('/api/v1/openapi.json').repeat(16)], reopenAfter: 500, seconds: 15 },
    },
  ];
}

async function runPhase(
  context: ScenarioContext,
  service: Service,
  phase: Phase,
  addresses: readonly string[],
): Promise<string> {
  const { name: _, seconds, ...plan } = phase;
  const connections = context.quick ? plan.connections / 10 : plan.connections;
  const attack = await startAttack({ base: service.url, ...plan, connections, addresses }, context.cleanup);
  await sleep(seconds * 1000);
  const { open, made, answers } = attack.counts();
  await attack.stop();
  return `${open} open of ${made} made, answers ${JSON.stringify(answers)}`;
}

function checkEnd({ report }: ScenarioContext, cgroup: Cgroup, service: Service, id: number): void {
  report.check(
    'the process is the same as at the start',
    service.process.isRunning() && id === service.process.pid,
  );
  report.check('the kernel killed nothing', cgroup.oomKills() === 0, `${cgroup.oomKills()} kills`);
}

async function attackPod(context: ScenarioContext, cgroup: Cgroup, deployment: Deployment): Promise<void> {
  const { report } = context;
  const [service] = deployment.replicas;
  if (!service) throw new Error('no service');
  const { pid } = service.process;
  const user = await logInNewAdmin(deployment, service);
  const exports = await prepareExports(context, deployment, service);
  const watch = startWatch({ service, cgroup, token: user.access, cleanup: context.cleanup });
  const check = async (name: string, attack: () => Promise<string>): Promise<void> => {
    watch.reset();
    const said = await attack();
    const { liveness, latency, memory, failures } = watch.result();
    report.figure(name, said);
    report.figure('  regular client p50/p99', `${round(latency(0.5))} / ${round(latency(0.99))} ms`);
    report.check(
      `${name}: liveness within ${maxLiveness} ms`,
      liveness <= maxLiveness,
      `${round(liveness)} ms`,
    );
    const share = memory / podLimits.memoryBytes;
    report.check(`${name}: memory under 85 %`, share < maxMemoryShare, `${round(share * 100)} %`);
    report.check(
      `${name}: the regular client is served`,
      failures.length === 0,
      failures.slice(0, 3).join('; '),
    );
  };
  await check('no attack', async () => {
    await sleep(5_000);
    return '5 s';
  });
  for (const phase of await phasesFor(service, user)) {
    const isReader = phase.name.includes('slow readers');
    for (const addresses of isReader ? [manyAddresses] : [oneAddress, manyAddresses]) {
      if (!service.process.isRunning()) break;
      const from = addresses.length === 1 ? 'one address' : `${addresses.length} addresses`;
      await check(`${phase.name} from ${from}`, () => runPhase(context, service, phase, addresses));
    }
  }
  await check('export by seven slow readers', exports.readSlowly);
  await check('export read whole', exports.readWhole);
  checkEnd(context, cgroup, service, pid);
}

export const pod: Scenario = {
  name: 'pod',
  claim: 'In the pod of the charts (500m CPU, 512 MiB), no client can stop the process or delay its probes',
  async run(context) {
    const cgroup = createCgroup(`torture-pod-${process.pid}`, podLimits, context.cleanup);
    const env = { RATE_LIMIT: 'on', LOG_LEVEL: 'warn' };
    await attackPod(context, cgroup, await startDeployment(context, { cgroup, env }));
  },
};
