import { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { AppError } from '../../errors.ts';
import type { HostCheck } from '../middleware/allowed-hosts.ts';
import type { AddressResolver } from '../middleware/client-address.ts';
import { requestIdOf } from '../middleware/identify-client.ts';
import type { RecordRequest } from '../middleware/request-log.ts';
import { basicSecurityHeaders } from '../middleware/security-headers.ts';
import { problemResponse } from '../problem.ts';
import type { RequestState } from '../route/context.ts';
import type { Endpoint } from '../route/endpoint.ts';
import type { Priority } from '../route/network-standing.ts';
import type { OverloadControl } from '../route/overload-control.ts';

/** Names and values in turn: this form costs Node a third of what an object costs. */
const fixedHeaders: readonly string[] = Object.entries({ ...basicSecurityHeaders, Vary: 'Origin' }).flat();

/** A request and its response, with what is known of them. */
interface Exchange {
  readonly endpoint: Endpoint;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: ReturnType<AddressResolver>;
  /** Of the monotonic clock. */
  readonly start: number;
}

const textOf = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '');

/** Writes the refusal, unless the client has left, and records the request. */
function answer(
  error: AppError,
  { endpoint, request, response, address, start }: Exchange,
  record: RecordRequest,
) {
  const requestId = requestIdOf(textOf(request.headers['x-request-id']));
  const { status, headers, body } = problemResponse(error, requestId);
  const specific = ['X-Request-Id', requestId, 'Content-Length', `${Buffer.byteLength(body)}`];
  const isOpen = !response.destroyed;
  if (isOpen)
    response.writeHead(status, [...fixedHeaders, ...Object.entries(headers).flat(), ...specific]).end(body);
  const seconds = (performance.now() - start) / 1000;
  const { method = '' } = request;
  record({
    method,
    endpoint,
    status: isOpen ? status : 499,
    seconds,
    requestId,
    ip: address.ip,
    network: address.network,
    failure: error,
  });
}

/** Refusals that are delayed at once. Further connections are closed after an immediate refusal. */
const maxDelayed = 2_048;

/**
 * Refuses a request that would find no capacity before Koa handles it, at half the cost. In a flood of logins nearly
 * every request is refused, and the cost of refusing is taken from the accepted ones. Requests whose refusal depends on
 * more (a browser of another origin, a Host that is not allowed) go to Koa, which checks the capacity again.
 */
export function createLoadShedder(options: {
  endpoints: readonly Endpoint[];
  overload: OverloadControl;
  isAllowedHost: HostCheck;
  resolveAddress: AddressResolver;
  record: RecordRequest;
}) {
  const { endpoints, overload, isAllowedHost, resolveAddress, record } = options;
  const queued = endpoints.filter(({ access, queue }) => queue && access === 'open');
  const byRoute = new Map(queued.map((each) => [`${each.method.toUpperCase()} ${each.path}`, each]));
  let delayed = 0;

  function answerLater(error: AppError, exchange: Exchange, delay: number): void {
    delayed += 1;
    // Nobody reads the rest of the body, and Node would keep it until then.
    exchange.request.resume();
    setTimeout(() => {
      delayed -= 1;
      answer(error, exchange, record);
    }, delay);
  }

  /** Returns true if it has refused the request. */
  function refuse(priority: Priority, exchange: Exchange): boolean {
    const error = overload.refuse(exchange.endpoint, exchange.address.network, priority);
    if (!error) return false;
    const delay = priority === 'suspect' ? overload.refusalDelay() : 0;
    if (delay > 0 && delayed < maxDelayed) {
      answerLater(error, exchange, delay);
      return true;
    }
    if (delay > 0) exchange.response.setHeader('Connection', 'close');
    answer(error, exchange, record);
    return true;
  }

  /** Returns true, at once or later, if it has answered the request. */
  return (request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean> => {
    const endpoint = byRoute.get(`${request.method} ${request.url}`);
    if (!endpoint || request.headers.origin !== undefined || !isAllowedHost(request.headers.host))
      return false;
    const address = resolveAddress(request);
    const exchange = { endpoint, request, response, address, start: performance.now() };
    const priority = overload.networks.priorityOf(address.network);
    if (!overload.isRefused(endpoint, address.network, priority)) return false;
    if (!endpoint.isKnownDevice) return refuse(priority, exchange);
    return overload.isFromKnownDevice(endpoint, address.network, request).then(
      (isKnown) => !isKnown && refuse(priority, exchange),
      () => refuse(priority, exchange),
    );
  };
}

/** Passes each request to `shed` before Koa handles it. */
export function shedBeforeKoa(app: Koa<RequestState>, shed: ReturnType<typeof createLoadShedder>): void {
  const callback = app.callback.bind(app);
  app.callback = () => {
    const handle = callback();
    return async (request, response) => {
      const isHttp1 = request instanceof IncomingMessage && response instanceof ServerResponse;
      const isAnswered = isHttp1 && shed(request, response);
      if (typeof isAnswered === 'boolean') return isAnswered ? undefined : handle(request, response);
      // While the body arrived, the client may have left. Nothing would record the end of its request.
      if (!(await isAnswered) && !request.socket.destroyed) await handle(request, response);
    };
  };
}
