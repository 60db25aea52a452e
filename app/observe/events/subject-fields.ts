import { text, thrown, uuid } from './field.ts';

/*
 * Who and where: the fields that several events share. A name has one meaning and one type in the whole log, because the
 * index of a log store accepts one type for each name. test/observe/log-events.test.ts compares all events.
 */

export const requestId = text(
  'joins all lines of one request. The response contains it as X-Request-Id, and an error body as request_id',
);
export const ip = text('address of the client; unknown if the connection was closed already');
export const network = text(
  'unit of the rate limits: the IPv4 address, or the /64 prefix of an IPv6 address',
);
export const traceId = text('trace of the request, while tracing is on');
export const spanId = text('span of the request, while tracing is on');
export const userId = uuid('user who caused the event, or whom it concerns');
export const sessionId = uuid('session');
export const targetId = text('user, role or session that the request changes: the parameter of its path');
export const accountRef = text(
  'keyed hash of the email that the client named, whether or not there is such an account. It is the same for the same email in one installation, and does not reveal the email',
);
export const err = thrown('the error, with its type, message and stack');

/** From where a request came. Every event that a request causes has these fields. */
export const where = { requestId, ip, network };

export interface Where {
  readonly requestId: string;
  readonly ip: string;
  readonly network: string;
}

/** The fields `requestId`, `ip` and `network`, without the rest of a client. */
export const whereOf = ({ requestId, ip, network }: Where): Where => ({ requestId, ip, network });
