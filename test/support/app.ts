import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { compose } from '../../app/compose.ts';
import { type Config, parseConfig } from '../../app/config/config.ts';
import { createReadiness } from '../../app/features/health/readiness.ts';
import { openLoginAccounts } from '../../app/features/login/login-accounts.ts';
import { openSigningKeys, type SigningKeys } from '../../app/features/tokens/signing-keys.ts';
import { closeServer, createApiServer, listen } from '../../app/http/server/server.ts';
import { createLog } from '../../app/observe/log.ts';
import { createMetrics, type Metrics } from '../../app/observe/metrics.ts';
import { noTracing, type Tracing } from '../../app/observe/tracing.ts';
import type { Stores } from '../../app/open-stores.ts';
import { createStore } from '../../app/store/store.ts';
import { behindFrontProxy, startFrontProxy } from './front-proxy.ts';
import { type LogLine, parseLine } from './log-lines.ts';
import { type Contract, createContract } from './openapi-contract.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed when it is JSON, else undefined. Tests look into answers whose form the contract has checked. */
  // biome-ignore lint/suspicious/noExplicitAny: the form of every answer is checked against the OpenAPI document
  readonly body: any;
}

export interface Ask {
  readonly body?: unknown;
  /** A body that is sent without changes. */
  readonly raw?: string | Buffer;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves out the proxy that TEST_PROXY names, for what a proxy answers itself or does not forward. */
  readonly direct?: boolean;
}

export interface TestApp {
  readonly config: Config;
  /** The application itself. `ask` goes through the proxy that TEST_PROXY names. */
  readonly port: number;
  readonly stores: Stores;
  readonly keys: SigningKeys;
  readonly metrics: Metrics;
  /** Runs the job that reads the counts of auth_login_accounts. */
  readonly refreshLoginAccounts: () => Promise<void>;
  /** Everything logged so far, parsed. */
  readonly logged: () => LogLine[];
  /** Puts the application into the state after SIGTERM. */
  readonly drain: () => void;
  /** `ask('POST /api/v1/auth/login', {body})`; every answer is checked against the OpenAPI document. */
  ask(what: string, ask?: Ask): Promise<Reply>;
  close(): Promise<void>;
}

/** Weak password hashes, because real ones would dominate the duration of the tests. */
const testEnvironment = {
  ENV: 'test',
  ARGON2_MEMORY_KIB: '64',
  ARGON2_TIME: '1',
  HASH_CONCURRENCY: '2',
  RATE_LIMIT: 'off',
};

let sharedKeys: Promise<SigningKeys> | undefined;
const dataDir = mkdtempSync(join(tmpdir(), 'auth-test-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));

function send(port: number, what: string, { body, raw, token, headers }: Ask, agent: Agent): Promise<Reply> {
  const [method = 'GET', path = '/'] = what.split(' ');
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        port,
        host: '127.0.0.1',
        method,
        path,
        agent,
        headers: {
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(payload !== undefined && { 'Content-Length': Buffer.byteLength(payload) }),
          ...(token && { Authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(String(response.headers['content-type'])) && text !== '';
        const parsed = isJson ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed });
      },
    );
    request.once('error', reject);
    request.end(payload);
  });
}

function collectLines() {
  const lines: LogLine[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(...String(chunk).trim().split('\n').map(parseLine));
      done();
    },
  });
  return { stream, parsed: () => [...lines] };
}

/** Every application of these tests publishes the same document, which takes longer to make than most tests. */
let sharedContract: Contract | undefined;

async function openContract(port: number, host: string, agent: Agent): Promise<Contract> {
  const document = await send(port, 'GET /api/v1/openapi.json', { headers: { Host: host } }, agent);
  return createContract(document.body);
}

async function check(contract: Contract, what: string, reply: Reply): Promise<void> {
  const [method = '', path = ''] = what.split(' ');
  const contentType = String(reply.headers['content-type'] ?? '');
  contract.assertAnswer({ method, path, status: reply.status, contentType, body: reply.body });
}

/** Starts the composed application on a free port. Variables override the defaults of the tests. */
export async function startApp(
  stores: Stores,
  variables: Record<string, string> = {},
  tracing: Tracing = noTracing,
): Promise<TestApp> {
  const config = parseConfig({ ...testEnvironment, DATA_DIR: dataDir, ...behindFrontProxy, ...variables });
  const log = collectLines();
  const logger = createLog({ ...config, logLevel: 'debug' }, log.stream);
  const ownKeys = Object.keys(variables).some((name) => name.startsWith('JWT_'));
  // An RSA key takes longer to generate than most tests.
  if (!ownKeys) sharedKeys ??= openSigningKeys(config, logger);
  const keys = await (sharedKeys && !ownKeys ? sharedKeys : openSigningKeys(config, logger));
  const metrics = createMetrics('test', tracing.isOn ? tracing.traceId : undefined);
  const store = createStore(stores.database);
  const loginAccounts = await openLoginAccounts({ store, redis: stores.redis, metrics });
  let draining = false;
  const isDraining = () => draining;
  const app = await compose({
    config,
    stores,
    keys,
    log: logger,
    metrics,
    version: '1.0.0',
    loginAccounts,
    readiness: createReadiness(stores, keys, isDraining, {
      ...config.readiness,
      // A busy machine must not make a check fail.
      deadline: 10_000,
    }),
    tracing,
    // Tests that count refusals must not wait for each.
    refusalDelay: 0,
    // A busy machine must not make a query fail.
    breachDeadline: 10_000,
  });
  const server: Server = createApiServer(app, {
    config,
    isDraining,
    log: logger,
    metrics,
  });
  const port = await listen(server, 0, '127.0.0.1');
  const proxy = await startFrontProxy(port);
  const askedPort = proxy?.port ?? port;
  const agent = new Agent({ keepAlive: true });
  sharedContract ??= await openContract(askedPort, variables.ALLOWED_HOSTS ?? 'localhost', agent);
  const contract = sharedContract;
  return {
    config,
    port,
    stores,
    keys,
    metrics,
    refreshLoginAccounts: loginAccounts.refresh,
    logged: log.parsed,
    drain: () => {
      draining = true;
    },
    async ask(what, ask = {}) {
      const reply = await send(ask.direct ? port : askedPort, what, ask, agent);
      await check(contract, what, reply);
      return reply;
    },
    async close() {
      agent.destroy();
      await proxy?.stop();
      await closeServer(server, 0);
      if (ownKeys) keys.close();
    },
  };
}
