import { expect } from 'chai';
import { parseConfig } from '../../app/config/config.ts';
import { createApp } from '../../app/http/app.ts';
import type { Authenticate } from '../../app/http/route/dispatch.ts';
import type { Endpoint } from '../../app/http/route/endpoint.ts';
import { closeServer, createApiServer, listen } from '../../app/http/server/server.ts';
import { createLog } from '../../app/observe/log.ts';
import { createMetrics } from '../../app/observe/metrics.ts';
import { parseLine } from './log-lines.ts';
import { noLimits, noStepUp } from './no-limits.ts';

const never = async () => expect.fail('an open route without a limit asks nobody');

/** Serves some endpoints on a free port with all middleware and no stores. */
export async function serveEndpoints(
  endpoints: readonly Endpoint[],
  options: {
    authenticate?: Authenticate;
    unsentBudget?: number;
    refusalDelay?: number;
    variables?: Record<string, string>;
  } = {},
) {
  const { authenticate = never, unsentBudget, refusalDelay = 0, variables } = options;
  const lines: Record<string, unknown>[] = [];
  const parsed = parseConfig({ ENV: 'test', ...variables });
  const unsentBytes = unsentBudget ?? parsed.resources.unsentBytes;
  const config = { ...parsed, resources: { ...parsed.resources, unsentBytes } };
  const log = createLog(config, { write: (line) => void lines.push(parseLine(line)) });
  const metrics = createMetrics('test');
  const app = createApp({
    config,
    endpoints,
    limits: { ...noLimits, refusalDelay },
    authenticate,
    stepUp: noStepUp,
    log,
    metrics,
  });
  const server = createApiServer(app, { config, isDraining: () => false, log, metrics });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    port,
    metrics,
    /** Everything logged so far, parsed. */
    lines,
    /** Closes all connections. */
    close: () => closeServer(server, 0),
  };
}
