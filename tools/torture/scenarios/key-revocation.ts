import { createPrivateKey, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { ask } from '../harness/client.ts';
import { startDeployment } from '../harness/deployment.ts';
import { createKeyFolder, jwks, makePair, type Pair, poll } from '../harness/key-folder.ts';
import { waitFor } from '../harness/process.ts';
import type { Report } from '../harness/report.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { runCommand, type Service } from '../harness/service.ts';
import { type LoggedInUser, logIn, logInNewUsers, register } from '../harness/users.ts';

/** Milliseconds in which every replica must refuse the tokens of a revoked key. */
const limit = 10_000;
const tenYears = 315_360_000;

const kidOf = (token: string): string => String(decodeProtectedHeader(token).kid);
const isAccepted = async ({ url }: Service, token: string): Promise<boolean> =>
  (await ask(url, 'GET /api/v1/auth/verify', { token })).status === 204;

/** Whether each replica accepts each token. */
const acceptances = (replicas: readonly Service[], tokens: readonly string[]): Promise<boolean[]> =>
  Promise.all(replicas.flatMap((replica) => tokens.map((token) => isAccepted(replica, token))));

const tokensOf = (users: readonly LoggedInUser[]) => users.map(({ access }) => access);

/** What an attacker signs with a leaked key: a token of somebody else's session, of now, that expires in ten years. */
function forge({ privatePem }: Pair, stolen: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { ...decodeJwt(stolen), jti: randomUUID(), iat: now, exp: now + tenYears };
  const header = { alg: 'RS256', typ: 'at+jwt', kid: kidOf(stolen) };
  return new SignJWT(claims).setProtectedHeader(header).sign(createPrivateKey(privatePem));
}

async function openReplicas(context: ScenarioContext, pair: Pair) {
  const deployment = await startDeployment(context, { replicas: 0 });
  const folders = ['a', 'b'].map((name) => createKeyFolder(join(context.folder, `keys-${name}`), pair));
  const replicas: Service[] = [];
  for (const [n, keys] of folders.entries())
    replicas.push(await deployment.start(`replica-${n + 1}`, { env: keys.env }));
  const command = (...args: string[]): Promise<string> =>
    runCommand(['keys', ...args], {
      folder: context.folder,
      env: {
        DB_PRIMARY_DB_URL: deployment.postgres.url,
        REDIS_URL: deployment.redis.url,
        ...folders[0]?.env,
      },
    });
  return { deployment, folders, replicas, command };
}

type Replicas = Awaited<ReturnType<typeof openReplicas>>;

/** Signs with the pair on every replica, and still accepts the pair before. @returns a user with a token of the new key */
async function rotate({ folders, replicas }: Replicas, from: Pair, to: Pair): Promise<LoggedInUser[]> {
  for (const keys of folders) {
    keys.publish(from);
    await keys.sign(to);
  }
  const kids = async () => Promise.all(replicas.map(async (replica) => (await jwks(replica)).keys[0]?.kid));
  const [before] = await kids();
  await waitFor('every replica to sign with the new key', async () => {
    const now = await kids();
    return now.every((kid) => kid !== before && kid === now[0]);
  });
  return Promise.all(replicas.map(async ({ url }) => logIn(url, await register(url))));
}

/** Asks every replica every 50 ms, from before the revocation on, until each has refused the token. */
function watchRefusal(replicas: readonly Service[], token: string) {
  const refusedAt = replicas.map(() => Number.POSITIVE_INFINITY);
  let acceptedAfterRefusal = 0;
  let isWatching = true;
  const watch = async (replica: Service, index: number): Promise<void> => {
    while (isWatching) {
      const accepted = await isAccepted(replica, token);
      const isRefused = refusedAt[index] !== Number.POSITIVE_INFINITY;
      if (accepted && isRefused) acceptedAfterRefusal += 1;
      if (!accepted && !isRefused) refusedAt[index] = performance.now();
      await sleep(50);
    }
  };
  const done = Promise.all(replicas.map(watch));
  return {
    async stop(deadline: number) {
      while (refusedAt.includes(Number.POSITIVE_INFINITY) && performance.now() < deadline) await sleep(50);
      // Whether a refusal stays one.
      await sleep(1_000);
      isWatching = false;
      await done;
      return { refusedAt, acceptedAfterRefusal };
    },
  };
}

async function measure(report: Report, { replicas, command }: Replicas, forged: string, when: string) {
  const attack = await acceptances(replicas, [forged]);
  report.check(`a forged token is accepted before the revocation${when}`, attack.every(Boolean));
  const watch = watchRefusal(replicas, forged);
  const start = performance.now();
  await command('revoke', kidOf(forged));
  const end = performance.now();
  const { refusedAt, acceptedAfterRefusal } = await watch.stop(end + 2 * limit);
  const seconds = (since: number) => refusedAt.map((at) => ((at - since) / 1000).toFixed(1)).join(' s and ');
  report.figure(`refused after the start of the command${when}`, `${seconds(start)} s`);
  report.check(
    `A revoked key's tokens fail on both replicas within ten seconds${when}`,
    refusedAt.every((at) => at - end <= limit) && acceptedAfterRefusal === 0,
    `${seconds(end)} s after the command`,
  );
}

async function checkOthers(
  report: Report,
  { replicas }: Replicas,
  users: readonly LoggedInUser[],
  kid: string,
) {
  const sets = await Promise.all(replicas.map(jwks));
  report.check(
    'the revoked key leaves the JWKS',
    sets.every(({ keys }) => keys.every((key) => key.kid !== kid)),
  );
  const accepted = await acceptances(replicas, tokensOf(users));
  report.check('tokens of the next key stay valid', accepted.every(Boolean));
}

async function checkOutages(report: Report, { deployment, replicas }: Replicas, forged: string) {
  const { postgres, redis } = deployment;
  await postgres.freeze();
  await sleep(3_000);
  const accepted = await acceptances(replicas, [forged]);
  report.check(
    'the key stays refused while Postgres does not answer and Redis is down',
    !accepted.includes(true),
  );
  await postgres.thaw();
  await redis.start();
  await waitFor('the replicas', async () => {
    const ready = replicas.map(async ({ url }) => (await ask(url, 'GET /api/v1/health/ready')).status);
    return (await Promise.all(ready)).every((status) => status === 200);
  });
}

async function checkSessionEnd(report: Report, { replicas, command }: Replicas, kid: string) {
  const users = await logInNewUsers(replicas[0]?.url ?? '', 5);
  await command('revoke', kid, '--end-sessions');
  await sleep(1_000);
  const accepted = await acceptances(replicas, tokensOf(users));
  report.check('--end-sessions ends every session on both replicas', !accepted.includes(true));
}

/** The signing key itself, without a next one. */
async function checkSigner(report: Report, parts: Replicas, next: Pair) {
  const { command, folders, replicas } = parts;
  const statuses = (line: string, body?: unknown) =>
    Promise.all(replicas.map(async ({ url }) => (await ask(url, line, { body })).status));
  const [user] = await logInNewUsers(replicas[0]?.url ?? '', 1);
  const kid = kidOf(user?.access ?? '');
  const refused = await command('revoke', kid).then(
    () => false,
    () => true,
  );
  report.check('the command refuses to revoke the signing key', refused);
  await command('revoke', kid, '--force');
  await sleep(limit);
  const body = { email: user?.email, password: user?.password };
  const ready = await statuses('GET /api/v1/health/ready');
  const logins = await statuses('POST /api/v1/auth/login', body);
  report.check(
    'with --force no replica is ready or signs',
    [...ready, ...logins].every((status) => status === 503),
  );
  for (const keys of folders) await keys.sign(next);
  await sleep(2 * poll);
  const after = [
    ...(await statuses('GET /api/v1/health/ready')),
    ...(await statuses('POST /api/v1/auth/login', body)),
  ];
  report.check(
    'a new pair makes every replica ready again without a restart',
    after.every((status) => status === 200),
  );
}

export const keyRevocation: Scenario = {
  name: 'key-revocation',
  claim: "A revoked key's tokens fail on both replicas within ten seconds, with Redis and without",
  async run(context) {
    const { report } = context;
    const [first, second, third, fourth] = ['first', 'second', 'third', 'fourth'].map(makePair) as [
      Pair,
      Pair,
      Pair,
      Pair,
    ];
    const parts = await openReplicas(context, first);
    const { deployment, replicas } = parts;
    const [victim] = await logInNewUsers(replicas[0]?.url ?? '', 1);
    const users = await rotate(parts, first, second);
    const forged = await forge(first, victim?.access ?? '');
    await measure(report, parts, forged, '');
    await checkOthers(report, parts, users, kidOf(forged));

    const stolen = users[0]?.access ?? '';
    await rotate(parts, second, third);
    await deployment.redis.kill();
    const forgedLater = await forge(second, stolen);
    await measure(report, parts, forgedLater, ', while Redis is down');
    await checkOutages(report, parts, forgedLater);

    await checkSessionEnd(report, parts, kidOf(forged));
    await checkSigner(report, parts, fourth);
  },
};
