import { Agent } from 'node:http';
import fc from 'fast-check';
import type { TestApp } from '../../test/support/app.ts';
import { createContract } from '../../test/support/openapi-contract.ts';
import { type Operation, operationsOf } from './document.ts';
import { send, sendBytes } from './http-client.ts';
import { createPlaceholders, type Placeholders } from './placeholders.ts';
import { checkRawResponse, rawBytes } from './raw.ts';
import { type FuzzRequest, requestFor, unknownPathRequest } from './request.ts';
import { checkResponse } from './response-checks.ts';

/** The number of answers by endpoint and status. */
export type StatusCounts = Map<string, Map<number, number>>;

export interface Fuzzer {
  readonly operations: readonly Operation[];
  readonly statusCounts: StatusCounts;
  /** Sends requests for one endpoint. @throws Error with the seed and the smallest request that fails */
  fuzzEndpoint(operation: Operation, runs: number, seed: number): Promise<void>;
  /** Sends requests for paths without an endpoint. @throws Error as `fuzzEndpoint` does */
  fuzzUnknownPaths(runs: number, seed: number): Promise<void>;
  /** Sends bytes that are hardly HTTP. @throws Error with the seed and the fewest bytes that fail */
  fuzzBytes(runs: number, seed: number): Promise<void>;
  /** Passwords and tokens of the current users. */
  secrets(): readonly string[];
  close(): void;
}

function fill(request: FuzzRequest, placeholders: Placeholders): FuzzRequest {
  const { body } = request;
  return {
    ...request,
    path: placeholders.fill(request.path),
    headers: request.headers.map(([name, value]) => [name, placeholders.fill(value)] as const),
    // Latin-1 preserves every byte in both directions.
    body: body && Buffer.from(placeholders.fill(body.toString('latin1')), 'latin1'),
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
      `smallest request found in ${details.numShrinks} steps (see placeholders.ts for the names between @@):`,
      request ? shown(request) : '',
    ].join('\n'),
    { cause },
  );
}

/** Requests that change no token and no password. */
const isHarmless = ({ method, path }: FuzzRequest): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(method) ||
  /\/auth\/(?:login|register)|\/(?:enable|unlock|reset-token)$|\/admin\/roles/.test(path);

/** Fuzzes a running application, one request at a time. */
export async function createFuzzer(app: TestApp): Promise<Fuzzer> {
  const { body: document } = await app.ask('GET /api/v1/openapi.json');
  const contract = createContract(document);
  const placeholders = createPlaceholders(app);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const statusCounts: StatusCounts = new Map();

  function count(what: string, status: number): void {
    const statuses = statusCounts.get(what) ?? new Map<number, number>();
    statusCounts.set(what, statuses.set(status, (statuses.get(status) ?? 0) + 1));
  }

  async function attempt(what: string, request: FuzzRequest): Promise<void> {
    await placeholders.renew();
    const filled = fill(request, placeholders);
    const answer = await send(filled, app.port, agent);
    if (answer.status < 300 && !isHarmless(filled)) placeholders.invalidate();
    count(what, answer.status);
    checkResponse(filled, answer, contract, placeholders.secrets());
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

  async function fuzzBytes(runs: number, seed: number): Promise<void> {
    const property = fc.asyncProperty(rawBytes, async (bytes) => {
      for (const status of checkRawResponse(await sendBytes(bytes, app.port))) count('bytes', status);
    });
    const details = await fc.check(property, { numRuns: runs, seed });
    if (!details.failed) return;
    const [bytes] = details.counterexample ?? [];
    const { message } = details.errorInstance as Error;
    throw new Error(`bytes failed, seed ${seed}: ${message}\n${JSON.stringify(bytes?.toString('latin1'))}`);
  }

  return {
    operations: operationsOf(document),
    statusCounts,
    fuzzEndpoint: (operation, runs, seed) => run(operation.name, requestFor(operation), runs, seed),
    fuzzUnknownPaths: (runs, seed) => run('anything else', unknownPathRequest, runs, seed),
    fuzzBytes: fuzzBytes,
    secrets: () => placeholders.secrets(),
    close: () => agent.destroy(),
  };
}
