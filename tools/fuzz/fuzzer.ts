import { Agent } from 'node:http';
import fc from 'fast-check';
import type { TestApp } from '../../test/support/app.ts';
import { createContract } from '../../test/support/openapi-contract.ts';
import { type Operation, operationsOf } from './document.ts';
import { judge } from './judge.ts';
import { judgeBytes, rawBytes } from './raw.ts';
import { type FuzzRequest, requestFor, strayRequest } from './request.ts';
import { createWorld, type World } from './service.ts';
import { send, sendBytes } from './wire.ts';

/** Answers by status, for each endpoint. */
export type Tally = Map<string, Map<number, number>>;

export interface Campaign {
  readonly operations: readonly Operation[];
  readonly tally: Tally;
  /** Requests for one endpoint. @throws Error with the seed and the smallest request that fails */
  attack(operation: Operation, runs: number, seed: number): Promise<void>;
  /** Requests that belong to no endpoint. @throws Error as `attack` does */
  stray(runs: number, seed: number): Promise<void>;
  /** Bytes that are hardly HTTP. @throws Error with the seed and the fewest bytes that fail */
  noise(runs: number, seed: number): Promise<void>;
  /** Passwords and tokens of those who exist now. */
  secrets(): readonly string[];
  close(): void;
}

function fill(request: FuzzRequest, world: World): FuzzRequest {
  const { body } = request;
  return {
    ...request,
    path: world.fill(request.path),
    headers: request.headers.map(([name, value]) => [name, world.fill(value)] as const),
    // Latin-1 there and back leaves every byte as it was.
    body: body && Buffer.from(world.fill(body.toString('latin1')), 'latin1'),
  };
}

function shown({ method, path, headers, body }: FuzzRequest): string {
  const text = body?.toString('latin1') ?? '';
  const isLong = text.length > 2_000;
  return [
    `${method} ${path}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    JSON.stringify(isLong ? `${text.slice(0, 2_000)}… (${text.length} bytes)` : text),
  ].join('\n');
}

function failure(what: string, details: fc.RunDetails<[FuzzRequest]>): Error {
  const [request] = details.counterexample ?? [];
  const cause = details.errorInstance;
  return new Error(
    [
      `${what} failed after ${details.numRuns} requests, seed ${details.seed}, path ${details.counterexamplePath}:`,
      cause instanceof Error ? cause.message : String(cause),
      `smallest request found in ${details.numShrinks} steps (@@marks@@ stand for what world.ts makes):`,
      request ? shown(request) : '',
    ].join('\n'),
    { cause },
  );
}

/** Leaves everybody's tokens and passwords as they were. */
const isQuiet = ({ method, path }: FuzzRequest): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(method) ||
  /\/auth\/(?:login|register)|\/(?:enable|unlock|reset-token)$|\/admin\/roles/.test(path);

/** Attacks an application that runs, one request at a time. */
export async function createCampaign(app: TestApp): Promise<Campaign> {
  const { body: document } = await app.ask('GET /api/v1/openapi.json');
  const contract = createContract(document);
  const world = createWorld(app);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const tally: Tally = new Map();

  function count(what: string, status: number): void {
    const statuses = tally.get(what) ?? new Map<number, number>();
    tally.set(what, statuses.set(status, (statuses.get(status) ?? 0) + 1));
  }

  async function attempt(what: string, request: FuzzRequest): Promise<void> {
    await world.settle();
    const filled = fill(request, world);
    const answer = await send(filled, app.port, agent);
    if (answer.status < 300 && !isQuiet(filled)) world.disturb();
    count(what, answer.status);
    judge(filled, answer, contract, world.secrets());
  }

  async function run(
    what: string,
    requests: fc.Arbitrary<FuzzRequest>,
    runs: number,
    seed: number,
  ): Promise<void> {
    const property = fc.asyncProperty(requests, (request) => attempt(what, request));
    const details = await fc.check(property, { numRuns: runs, seed });
    if (details.failed) throw failure(what, details);
  }

  async function makeNoise(runs: number, seed: number): Promise<void> {
    const property = fc.asyncProperty(rawBytes, async (bytes) => {
      for (const status of judgeBytes(await sendBytes(bytes, app.port))) count('bytes', status);
    });
    const details = await fc.check(property, { numRuns: runs, seed });
    if (!details.failed) return;
    const [bytes] = details.counterexample ?? [];
    const { message } = details.errorInstance as Error;
    throw new Error(`bytes failed, seed ${seed}: ${message}\n${JSON.stringify(bytes?.toString('latin1'))}`);
  }

  return {
    operations: operationsOf(document),
    tally,
    attack: (operation, runs, seed) => run(operation.name, requestFor(operation), runs, seed),
    stray: (runs, seed) => run('anything else', strayRequest, runs, seed),
    noise: makeNoise,
    secrets: () => world.secrets(),
    close: () => agent.destroy(),
  };
}
