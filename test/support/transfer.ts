import type { ClientRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * How the transfer of a response ended: `complete`, or the code of an error. A reset can arrive before the headers, with
 * them or after them, and Node then reports it on the request, on the response or on both.
 */
export function endOfTransfer(sent: ClientRequest): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onError = ({ code }: NodeJS.ErrnoException) => resolve(code);
    const onResponse = (response: IncomingMessage) => text(response).then(() => resolve('complete'), onError);
    sent.on('error', onError).on('response', onResponse);
  });
}
