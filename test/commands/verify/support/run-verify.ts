import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunOptions } from '../../../../app/commands/checks/run-checks.ts';
import { createStateFolder, type StateFolder } from '../../../../app/commands/verify/account/state-folder.ts';
import { publicChecks } from '../../../../app/commands/verify/checks/public-checks.ts';
import { createTarget, type Target } from '../../../../app/commands/verify/http/target.ts';
import type { VerifyOptions } from '../../../../app/commands/verify/options.ts';
import { type Verified, verifyDeployment } from '../../../../app/commands/verify/verify.ts';
import type { Stores } from '../../../../app/open-stores.ts';
import { createInMemoryRedis } from '../../../../app/store/embedded/in-memory-redis.ts';
import { startApp, type TestApp } from '../../../support/app.ts';

export const anyOptions: VerifyOptions = {
  isReadOnly: false,
  expectedVersion: undefined,
  expectedEnvironment: undefined,
  expectedIssuer: undefined,
  origin: undefined,
  demandsPrivateDocs: false,
  // The speed of the machine that runs the tests is no subject of the tests.
  maxMedian: Number.POSITIVE_INFINITY,
  maxSlowest: Number.POSITIVE_INFINITY,
};

/** A state folder of its own. */
export function createScratchState(): { folder: StateFolder; remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), 'verify-state-'));
  return {
    folder: createStateFolder(join(parent, 'state')),
    remove: () => rmSync(parent, { recursive: true }),
  };
}

/**
 * An application with limits, as in production. `verify` is one client with one address, and all runs of a file together are
 * more than a limit allows. So each application counts for itself.
 */
export const startLimitedApp = (
  stores: Stores,
  variables: Readonly<Record<string, string>>,
): Promise<TestApp> =>
  startApp({ ...stores, redis: createInMemoryRedis() }, { RATE_LIMIT: 'on', ...variables });

export interface Run {
  readonly url: string;
  readonly target?: Partial<Target>;
  readonly options?: Partial<VerifyOptions>;
  readonly stateFolder: StateFolder;
  /** Ids of checks to leave out. */
  readonly without?: readonly string[];
  readonly wait?: number;
  readonly signal?: AbortSignal;
  readonly clock?: RunOptions['clock'];
}

/** Runs the checks of the public side. */
export function runVerify({ without = [], options, target, url, ...rest }: Run): Promise<Verified> {
  return verifyDeployment({
    ...rest,
    target: { ...createTarget(new URL(url)), ...target },
    checks: publicChecks.filter(({ id }) => !without.includes(id)),
    options: { ...anyOptions, ...options },
  });
}

/** The ids of the checks that ended like this. */
export const idsOf = ({ outcomes }: Verified, status: string): string[] =>
  outcomes.filter(({ finding }) => finding.status === status).map(({ check }) => check.id);

/** Every outcome that is no pass, for the message of a failed test. */
export const problemsOf = ({ outcomes }: Verified): string =>
  outcomes
    .filter(({ finding }) => finding.status !== 'passed')
    .map(({ check, finding }) => `${finding.status} ${check.id}: ${finding.message}`)
    .join('\n');
