import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Metrics } from '../../observe/metrics.ts';
import { type ManagementLimits, managementLimits } from './limits.ts';
import type {
  ListenAddress,
  MessageFromThread,
  MessageToThread,
  PublishedReadiness,
  RenderedMetrics,
  ThreadOptions,
} from './messages.ts';

/** MiB. They limit the heap and reserve nothing. */
const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };

interface ManagementOptions extends ListenAddress {
  readonly metrics: Pick<Metrics, 'registry'>;
  /** @default managementLimits */
  readonly limits?: ManagementLimits;
}

/** The entry of the thread, and the options of Node for it. It inherits none: the preload of the process must not run twice. */
function threadEntry() {
  if (!import.meta.url.endsWith('.ts')) return { url: new URL('./thread.js', import.meta.url), execArgv: [] };
  // From source, tsx compiles the files. It registers itself in the main thread only.
  const register = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  const execArgv = [`--import=data:text/javascript,${encodeURIComponent(register)}`];
  return { url: new URL('./thread.ts', import.meta.url), execArgv };
}

async function renderMetrics({ registry }: Pick<Metrics, 'registry'>): Promise<RenderedMetrics> {
  try {
    return { status: 200, text: await registry.metrics() };
  } catch {
    return { status: 500, text: '' };
  }
}

/**
 * Starts the listener for Kubernetes and Prometheus on a port that the ingress never routes: `/livez`, `/readyz` and
 * `/metrics`. It runs in a thread of its own, so that neither clients nor a busy event loop of the main thread delay a
 * probe (docs/decisions/0019-probes-in-a-thread-of-their-own.md). After the start, an error of the thread is an uncaught
 * error of the process.
 * @throws the error of the listener, for example EADDRINUSE
 */
export async function startManagementServer(options: ManagementOptions) {
  const { host, limits = managementLimits, metrics, port } = options;
  const heartbeats = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const counter = new Int32Array(heartbeats);
  const workerData: ThreadOptions = { host, port, heartbeats, limits };
  const { execArgv, url } = threadEntry();
  // Without NODE_OPTIONS: the agents that operators load with it must not count against the memory of the thread.
  const env = {};
  const worker = new Worker(url, { name: 'management', workerData, execArgv, env, resourceLimits });
  const send = (message: MessageToThread): void => worker.postMessage(message);
  // A scrape may arrive as soon as the thread listens.
  worker.on('message', async (message: MessageFromThread) => {
    if (message === 'metrics') send({ metrics: await renderMetrics(metrics) });
  });
  // reason: the first message of the thread contains its port.
  const [started] = (await once(worker, 'message')) as [Exclude<MessageFromThread, string>];
  const heartbeat = setInterval(() => Atomics.add(counter, 0, 1), limits.heartbeat);
  return {
    port: started.port,
    publish: (readiness: PublishedReadiness): void => send({ readiness }),
    async close(): Promise<void> {
      clearInterval(heartbeat);
      await worker.terminate();
    },
  };
}
