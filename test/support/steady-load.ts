import { Agent, request } from 'node:http';

/** Connections that stay open. Each has a client of its own, which sends one request after the other. */
const keptAliveClients = 10;

export interface LoadResult {
  readonly sent: number;
  /** What happened to each request that was not answered with 200. */
  readonly failures: readonly string[];
}

interface Load {
  sent(): number;
  /** Requests whose answer has arrived. */
  answered(): number;
  /** Sends no more requests and waits for the answers. */
  stop(): Promise<LoadResult>;
}

/**
 * Sends `GET` at constant rates, however long the answers take, and repeats no request.
 * @param rates requests a second on kept-alive connections, and on new ones
 */
export function startSteadyLoad(
  url: string,
  token: string,
  rates: { readonly keptAlive: number; readonly fresh: number },
): Load {
  const agents = Array.from({ length: keptAliveClients }, () => new Agent({ keepAlive: true }));
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  let sent = 0;
  let answered = 0;

  function send(agent: Agent | false): void {
    sent += 1;
    const kind = agent ? 'kept-alive' : 'new';
    const headers = { Authorization: `Bearer ${token}` };
    const answer = new Promise<void>((resolve) => {
      const fail = (what: string): void => {
        failures.push(`${kind}: ${what}`);
        resolve();
      };
      request(url, { agent, headers }, (response) => {
        response.once('error', (error) => fail(error.message)).resume();
        response.once('end', () => {
          answered += 1;
          if (response.statusCode === 200) resolve();
          else fail(`status ${response.statusCode}`);
        });
      })
        .once('error', (error) => fail(error.message))
        .end();
    });
    pending.add(answer);
    void answer.then(() => pending.delete(answer));
  }

  let turn = 0;
  const timers = [
    setInterval(() => send(agents[turn++ % agents.length] ?? false), 1_000 / rates.keptAlive),
    setInterval(() => send(false), 1_000 / rates.fresh),
  ];
  return {
    sent: () => sent,
    answered: () => answered,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(pending);
      for (const agent of agents) agent.destroy();
      return { sent, failures };
    },
  };
}
