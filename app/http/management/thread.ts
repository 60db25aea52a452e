// The entry of the worker thread that management-server.ts starts. It loads nothing of the service but the files of this
// folder, so that it starts quickly and needs little memory.
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { createManagementListener } from './listener.ts';
import type { Answer, MessageFromThread, MessageToThread, ThreadOptions } from './messages.ts';
import { createProbes } from './probes.ts';
import { createSharedRequest } from './shared-request.ts';

const noMetrics: Answer = {
  status: 503,
  type: 'text/plain',
  body: 'The main thread did not answer in time.\n',
};

// reason: management-server.ts passes these options, and only a worker has a parent.
const { fd, heartbeats, host, limits, port } = workerData as ThreadOptions;
const main = parentPort as NonNullable<typeof parentPort>;
const send = (message: MessageFromThread): void => main.postMessage(message);

const counter = new Int32Array(heartbeats);
const probes = createProbes(limits, () => Atomics.load(counter, 0));
const metrics = createSharedRequest<Answer>(() => send('metrics'), limits.metricsDeadline);
main.on('message', (message: MessageToThread) => {
  if ('readiness' in message) probes.publish(message.readiness);
  else metrics.receive(message.metrics);
});
setInterval(probes.tick, limits.heartbeat);

const server = createManagementListener(
  new Map<string, () => Answer | Promise<Answer>>([
    ['/livez', () => probes.liveness()],
    ['/readyz', () => probes.readiness()],
    ['/metrics', async () => (await metrics.request()) ?? noMetrics],
  ]),
);
// An error of the listener, such as a port that is taken, ends this thread and reaches the main thread unchanged.
// reason: a server that listens on a TCP port has an AddressInfo.
server.listen(fd === undefined ? { port, host } : { fd }, () =>
  send({ port: (server.address() as AddressInfo).port }),
);
