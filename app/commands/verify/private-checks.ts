import type { Check, CheckInfo } from '../checks/check.ts';
import type { CommandContext } from '../command-context.ts';
import { publicChecks } from './checks/public-checks.ts';
import type { VerifyCheck } from './context.ts';
import { databaseChecks } from './database/checks.ts';
import { openDatabaseContext } from './database/context.ts';
import { kubernetesChecks } from './kubernetes/checks.ts';
import { createKubectl } from './kubernetes/kubectl.ts';
import type { VerifyCommandOptions } from './options.ts';
import { openRedisContext, redisChecks } from './redis/checks.ts';

/** Every check of `verify`, for the documentation. */
export const verifyChecks: readonly CheckInfo[] = [
  ...publicChecks,
  ...databaseChecks,
  ...redisChecks,
  ...kubernetesChecks,
];

/** Opens the context of these checks at the first of them. */
function bind<C>(checks: readonly Check<C>[], open: () => Promise<C>): VerifyCheck[] {
  let opening: Promise<C> | undefined;
  const run = async (check: Check<C>) => {
    opening ??= open();
    return check.run(await opening);
  };
  return checks.map((check) => ({ ...check, run: () => run(check) }));
}

/** The checks of what the public cannot reach, as far as the options ask for them. */
export function createPrivateChecks(context: CommandContext, options: VerifyCommandOptions) {
  const closers: (() => Promise<void>)[] = [];
  let opening: ReturnType<CommandContext['open']> | undefined;
  const open = () => {
    opening ??= context.open('verify');
    return opening;
  };
  const database = bind(databaseChecks, async () => {
    const { config, log } = await open();
    const opened = openDatabaseContext(config, log);
    closers.push(opened.close);
    return opened;
  });
  const redis = bind(redisChecks, async () => {
    const { config, log } = await open();
    const opened = await openRedisContext(config, log);
    closers.push(() => opened.client.close());
    return opened;
  });
  const kubernetes = bind(kubernetesChecks, async () => createKubectl(options));
  return {
    checks: [
      ...(options.db ? database : []),
      ...(options.redis ? redis : []),
      ...(options.k8s ? kubernetes : []),
    ],
    async close(): Promise<void> {
      for (const close of closers) await close();
    },
  };
}
