// The entry of the worker thread that management-server.ts starts. It loads nothing of the service but the files of this
// folder, so that it starts quickly and needs little memory.
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { exposition, type ScrapeFields } from './exposition.ts';
import { createManagementListener } from './listener.ts';
import type {
  Answer,
  MessageFromThread,
  MessageToThread,
  RenderedMetrics,
  ThreadOptions,
} from './messages.ts';
import { createProbes } from './probes.ts';
import { createSharedRequest } from './shared-request.ts';

const noMetrics: RenderedMetrics = { status: 503, text: 'The main thread did not answer in time.\n' };

// reason: management-server.ts passes these options, and only a worker has a parent.
const { heartbeats, host, limits, port } = workerData as ThreadOptions;
const main = parentPort as NonNullable<typeof parentPort>;
const send = (message: MessageFromThread): void => main.postMessage(message);

const counter = new Int32Array(heartbeats);
const probes = createProbes(limits, () => Atomics.load(counter, 0));
const metrics = createSharedRequest<RenderedMetrics>(() => send('metrics'), limits.metricsDeadline);
main.on('message', (message: MessageToThread) => {
  if ('readiness' in message) probes.publish(message.readiness);
  else metrics.receive(message.metrics);
});
setInterval(probes.tick, limits.heartbeat);

/** Scrapes at the same time share one rendering. Each of them chooses its format. */
async function scrape(fields: ScrapeFields): Promise<Answer> {
  const { status, text } = (await metrics.request()) ?? noMetrics;
  if (status !== 200) return { status, type: 'text/plain', body: text };
  return { status, ...exposition(text, fields) };
}

const server = createManagementListener(
  new Map<string, (fields: ScrapeFields) => Answer | Promise<Answer>>([
    ['/livez', () => probes.liveness()],
    ['/readyz', () => probes.readiness()],
    ['/metrics', scrape],
  ]),
);
// An error of the listener, such as a port that is taken, ends this thread and reaches the main thread unchanged.
// reason: a server that listens on a TCP port has an AddressInfo.
server.listen({ port, host }, () => send({ port: (server.address() as AddressInfo).port }));
