import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks podman's own API, which the client of Docker does not know. */
export function askPodman(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: `/v4.0.0/libpod${path}` }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}

/** Milliseconds between two checks of a container, or infinity if it has none. */
async function intervalOf(socket: string, id: string): Promise<number> {
  const { Config } = JSON.parse(await askPodman(socket, `/containers/${id}/json`));
  const [kind] = Config?.Healthcheck?.Test ?? ['NONE'];
  return kind === 'NONE' ? Number.POSITIVE_INFINITY : (Config.Healthcheck.Interval ?? 30e9) / 1e6;
}

/**
 * Runs the health checks of all containers in their intervals, the first after one interval, as Docker does. Podman
 * leaves this to systemd, which may be absent.
 * @returns a function that stops the checks
 */
export function runHealthChecks(socket: string): () => void {
  const due = new Map<string, { interval: number; next: number }>();
  let isOn = true;
  const check = async (id: string): Promise<void> => {
    const now = performance.now();
    const entry = due.get(id);
    if (!entry) {
      const interval = await intervalOf(socket, id);
      due.set(id, { interval, next: now + interval });
    } else if (now >= entry.next) {
      entry.next = Number.POSITIVE_INFINITY;
      await askPodman(socket, `/containers/${id}/healthcheck`);
      entry.next = performance.now() + entry.interval;
    }
  };
  const loop = async (): Promise<void> => {
    while (isOn) {
      const containers: { Id: string }[] = JSON.parse(await askPodman(socket, '/containers/json'));
      // A container that ends meanwhile answers with an error that means nothing here. One slow check delays no other.
      for (const { Id } of containers) check(Id).catch(() => undefined);
      await sleep(500);
    }
  };
  loop().catch((error: Error) => isOn && process.stdout.write(`health checks ended: ${error}\n`));
  return () => {
    isOn = false;
  };
}
