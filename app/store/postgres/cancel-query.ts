import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that a cancelled query has for its answer, one for each request to cancel it. */
const waits = [250, 1_000, 3_000];

/**
 * Cancels a query on the server. A server that has not yet read the query ignores the request (Postgres,
 * `ProcessInterrupts`: "if we're idle, ignore"), and would then run the query for as long as it takes. The request is
 * therefore repeated until the query has its answer, at most three times in about four seconds.
 *
 * Resolves when the query is answered, or after the last wait. A pooler finds the query by the connection that sent it,
 * so this connection must stay open until then: PgBouncer ignores a request for a client that has gone, and the backend
 * would wait on for its lock.
 * @throws the error of a request that did not reach the server within the connect timeout
 */
export async function cancelQuery(query: object): Promise<void> {
  // The client itself cancels with `canceller` (postgres/src/query.js). Its types do not declare it. The public `cancel()`
  // discards the result of the cancelling connection: an error there would end the process.
  const { canceller } = query as { canceller?: (query: object) => Promise<unknown> };
  const answered = Promise.resolve(query).then(
    () => true,
    () => true,
  );
  for (const wait of waits) {
    await canceller?.(query);
    if (await Promise.race([answered, sleep(wait, false, { ref: false })])) return;
  }
}
