import type { Metrics } from '../../app/observe/metrics.ts';

// tools/bench/process.ts <mode> runs the service in one of four modes. `bare`: metrics that do nothing. `metrics`: metrics
// without tracing. `tracing-off` and `tracing-on`: both, as the command `serve` has them. The process sends its ports to
// its parent, and the CPU time that it has used in reply to each message.
const mode = process.argv[2];

/** Imports the built code: the loader for TypeScript wraps every function, which would distort the measurement. */
const built = <Module>(file: string): Promise<Module> => import(`../../dist/${file}.js`);
const { compose } = await built<typeof import('../../app/compose.ts')>('compose');
const { parseConfig } = await built<typeof import('../../app/config/config.ts')>('config/config');
const { createReadiness } =
  await built<typeof import('../../app/features/health/readiness.ts')>('features/health/readiness');
const { openSigningKeys } = await built<typeof import('../../app/features/tokens/signing-keys.ts')>(
  'features/tokens/signing-keys',
);
const { startManagementServer } = await built<
  typeof import('../../app/http/management/management-server.ts')
>('http/management/management-server');
const { createApiServer, listen } =
  await built<typeof import('../../app/http/server/server.ts')>('http/server/server');
const { createLog } = await built<typeof import('../../app/observe/log.ts')>('observe/log');
const { createMetrics } = await built<typeof import('../../app/observe/metrics.ts')>('observe/metrics');
const { openTracing } =
  await built<typeof import('../../app/observe/open-tracing.ts')>('observe/open-tracing');
const { createStoreObserver, noStoreObserver } =
  await built<typeof import('../../app/observe/store-observer.ts')>('observe/store-observer');
const { storeSpans } = await built<typeof import('../../app/observe/tracing.ts')>('observe/tracing');
const { openStores } = await built<typeof import('../../app/open-stores.ts')>('open-stores');

/** Metrics that do nothing. */
function silentMetrics(): Metrics {
  const nothing = {
    inc: () => undefined,
    dec: () => undefined,
    set: () => undefined,
    observe: () => undefined,
    startTimer: () => () => undefined,
    onCollect: () => undefined,
  };
  // Each metric becomes a property at its first use, because a call of the proxy costs more than a metric.
  const handler: ProxyHandler<object> = {
    get(_target, name, metrics) {
      Object.defineProperty(metrics, name, { value: nothing });
      return nothing;
    },
  };
  // reason: the service calls only the methods above. It uses the registry only for a scrape.
  return Object.create(new Proxy({}, handler)) as Metrics;
}

const config = parseConfig(process.env);
const log = createLog(config);
const tracing = mode?.startsWith('tracing')
  ? await openTracing({
      endpoint: mode === 'tracing-on' ? config.tracing.endpoint : undefined,
      version: 'bench',
    })
  : undefined;
const metrics =
  mode === 'bare' ? silentMetrics() : createMetrics('bench', tracing?.isOn ? tracing.traceId : undefined);
const keys = await openSigningKeys(config, log);
const spans = tracing?.isOn ? storeSpans(tracing) : undefined;
const stores = await openStores(
  config,
  log,
  mode === 'bare' ? noStoreObserver : createStoreObserver(metrics, spans),
);
const isDraining = (): boolean => false;
const app = await compose({
  ...{ config, stores, keys, log, metrics, version: 'bench' },
  readiness: createReadiness(stores, keys, isDraining),
  ...(tracing && { tracing }),
});
const api = createApiServer(app, { config, isDraining, log, metrics });
const port = await listen(api, 0, '127.0.0.1');
const { port: metricsPort } = await startManagementServer({ host: '127.0.0.1', port: 0, metrics });

process.on('message', () => {
  const { system, user } = process.cpuUsage();
  process.send?.({ cpuMs: (system + user) / 1000 });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port, metricsPort });
