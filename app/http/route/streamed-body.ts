import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { abort } from '../in-flight.ts';
import { statusOfError } from '../problem.ts';
import type { Context } from './context.ts';

/**
 * Starts a response body whose chunks are produced while the client reads them: the next chunk is asked for when the
 * client has taken most of the one before. Waits for the first chunk, so that an error before it becomes a problem.
 * @param deadline milliseconds from now, after which the body fails with service_unavailable
 * @throws the error of the first chunk
 */
export async function startBody(chunks: AsyncGenerator<string>, deadline: number): Promise<Readable> {
  const first = await chunks.next();
  // Node asks for a chunk when the socket has drained, which is outside of the async context of the request.
  const nextChunk = AsyncLocalStorage.bind(() => chunks.next());
  async function* all() {
    for (let chunk = first; !chunk.done; chunk = await nextChunk()) yield chunk.value;
  }
  const body = Readable.from(all());
  const onDeadline = (): void => {
    const cause = new Error(`the response was not complete within ${deadline} ms`);
    body.destroy(new AppError('service_unavailable', { cause }));
  };
  const timer = setTimeout(onDeadline, deadline).unref();
  body.once('close', () => {
    clearTimeout(timer);
    // Node leaves out a generator that it has not started to read.
    void chunks.return(undefined);
  });
  return body;
}

/**
 * Ends the body and the response together. If the body fails after the headers have been sent, no problem can be
 * written any more: the connection is reset, so that no client takes the part that it has for the whole. If the
 * response ends first, because the client disconnected or the request was a HEAD, the body is destroyed.
 */
export function endTogether(ctx: Context, body: Readable): void {
  body.once('error', (error) => {
    ctx.state.failure = error;
    abort(ctx.res, statusOfError(error));
  });
  // Koa pipes the body, which adds seven listeners to the few of every response. Node warns beyond ten.
  ctx.res.setMaxListeners(20);
  // Koa destroys the body too, but not that of a HEAD which is queued behind another request when the connection closes.
  if (ctx.req.socket.destroyed) body.destroy();
  else ctx.res.once('close', () => body.destroy());
}
