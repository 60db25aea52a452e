import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { ask } from '../harness/client.ts';
import { startDeployment } from '../harness/deployment.ts';
import { createKeyFolder, jwks, makePair, type Pair, poll } from '../harness/key-folder.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';
import { logInNewUsers } from '../harness/users.ts';
import { startLoad } from '../load/load.ts';
import { describe, exemplify } from '../load/result.ts';

const tokenLife = 10_000;
/** How long the service accepts a key after its last token. */
const retirement = 120_000;
/** How long the external verifier caches the JWKS. */
const cacheLife = 5_000;
/** Secrets reach replicas at different times. */
const lag = 3_000;

/** Another service that verifies tokens itself with a cached JWKS. */
function watchFromOutside(replicas: readonly Service[], refreshToken: string) {
  const seen = { checked: 0, refused: [] as string[], kids: new Set<string>() };
  let watching = true;
  let token = refreshToken;
  const watch = async (): Promise<void> => {
    let copy = { keys: createLocalJWKSet({ keys: [] }), until: 0 };
    for (let n = 0; watching; n += 1) {
      const [replica, other] = n % 2 ? replicas : [...replicas].reverse();
      if (!replica || !other) return;
      if (Date.now() > copy.until)
        copy = { keys: createLocalJWKSet(await jwks(other)), until: Date.now() + cacheLife };
      const { body } = await ask(replica.url, 'POST /api/v1/auth/refresh', {
        body: { refresh_token: token },
      });
      token = body?.data?.refresh_token ?? token;
      const access: string = body?.data?.access_token ?? '';
      seen.checked += 1;
      await jwtVerify(access, copy.keys).then(
        () => seen.kids.add(String(decodeProtectedHeader(access).kid)),
        (error) => seen.refused.push(String(error)),
      );
      await sleep(250);
    }
  };
  const done = watch();
  return {
    async stop() {
      watching = false;
      await done;
      return seen;
    },
  };
}

async function openReplicas(context: ScenarioContext, pair: Pair) {
  const deployment = await startDeployment(context, {
    replicas: 0,
    env: { ACCESS_TOKEN_TTL: `${tokenLife / 1000}s` },
  });
  const folders = ['a', 'b'].map((name) => createKeyFolder(join(context.folder, `keys-${name}`), pair));
  const replicas: Service[] = [];
  for (const [n, keys] of folders.entries())
    replicas.push(await deployment.start(`replica-${n + 1}`, { env: keys.env }));
  return { folders, replicas };
}

export const rotation: Scenario = {
  name: 'rotation',
  claim: 'A signing key is replaced under load, and not one valid token is refused',
  async run(context) {
    const { report } = context;
    const [old, fresh] = [makePair('old'), makePair('fresh')];
    const { folders, replicas } = await openReplicas(context, old);
    const bases = replicas.map(({ url }) => url);
    const users = await logInNewUsers(bases[0] ?? '', 121);
    const tokens = users.map(({ refresh }) => refresh);
    const outside = watchFromOutside(replicas, tokens.pop() ?? '');
    const load = await startLoad(
      [{ name: 'tokens', kind: 'fresh-token', rate: 10, clients: 100, bases, tokens }],
      600,
      context.cleanup,
    );
    const everywhere = async (
      change: (keys: (typeof folders)[number]) => Promise<void> | void,
    ): Promise<void> => {
      for (const keys of folders) {
        await change(keys);
        await sleep(lag);
      }
      await sleep(poll + cacheLife);
      const sets = await Promise.all(replicas.map(jwks));
      report.figure('keys published by each replica', sets.map(({ keys }) => keys.length).join(' and '));
    };

    await sleep(3_000);
    await everywhere((keys) => keys.publish(fresh));
    await everywhere(async (keys) => {
      keys.publish(old);
      await keys.sign(fresh);
    });
    await sleep(tokenLife);
    await everywhere((keys) => keys.drop(old));
    if (!context.quick) {
      await sleep(tokenLife + retirement);
      const sets = await Promise.all(replicas.map(jwks));
      report.check(
        'the old key is removed at the end',
        sets.every(({ keys }) => keys.length === 1),
      );
    }

    const result = await load.stop();
    const refused = result.others('tokens', ['204']);
    report.figure('tokens, each used four times', describe(result.outcomes()));
    report.check('no valid token is refused', refused.length === 0, exemplify(refused));
    const seen = await outside.stop();
    report.check(
      'no valid token is refused by an external verifier',
      seen.refused.length === 0,
      `${seen.refused.length} of ${seen.checked} ${seen.refused[0] ?? ''}`,
    );
    report.check('both keys have signed', seen.kids.size === 2, `${seen.kids.size} kids`);
  },
};
