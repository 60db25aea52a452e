import { compose } from '../../app/compose.ts';
import { parseConfig } from '../../app/config.ts';
import { openSigningKeys } from '../../app/domain/signing-keys.ts';
import { createApiServer, createMetricsServer, listen } from '../../app/http/server.ts';
import { createLog } from '../../app/observe/log.ts';
import { createMetrics, type Metrics } from '../../app/observe/metrics.ts';
import { createStoreObserver, unobserved } from '../../app/observe/store-observer.ts';
import { openStores } from '../../app/store/open-stores.ts';

// A service whose metrics count, or do nothing, in a process of its own: `bench-process.ts on|off`. Tells its ports,
// and at each message of its parent the CPU that it has used.
const isOn = process.argv[2] === 'on';

/** Answers to everything that is asked of metrics, and does nothing. */
function silentMetrics(): Metrics {
  const nothing = {
    inc: () => undefined,
    dec: () => undefined,
    set: () => undefined,
    observe: () => undefined,
    startTimer: () => () => undefined,
    from: () => undefined,
  };
  // reason: only the methods above are called by the service; the registry is not, without a scrape.
  return new Proxy({}, { get: () => nothing }) as Metrics;
}

const config = parseConfig(process.env);
const log = createLog(config);
const metrics = isOn ? createMetrics('bench') : silentMetrics();
const keys = await openSigningKeys(config, log);
const stores = await openStores(config, log, isOn ? createStoreObserver(metrics) : unobserved);
const isDraining = (): boolean => false;
const app = await compose({ config, stores, keys, log, metrics, version: 'bench', isDraining });
const api = createApiServer(app, { keepAliveTimeout: 60_000, isDraining });
const port = await listen(api, 0, '127.0.0.1');
const metricsPort = await listen(createMetricsServer(metrics), 0, '127.0.0.1');

process.on('message', () => {
  const { system, user } = process.cpuUsage();
  process.send?.({ cpuMs: (system + user) / 1000 });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port, metricsPort });
