import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { AppError } from '../../errors.ts';

/** Bytes of a body, by who may call the route. A client without a token has no reason to send more. */
export const bodyLimits = { open: 4 * 1024, user: 16 * 1024, admin: 16 * 1024 } as const;

export type ReadBody = ReturnType<typeof createBodyReader>;

/** Distinguishes raw-body's errors by their stable `type`. */
function failRead(error: unknown): never {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') throw new AppError('payload_too_large');
  throw new AppError('malformed_request', { cause: error, detail: 'The body did not arrive whole' });
}

/**
 * Reads bodies of requests, and of all that are still arriving up to `maxBytes`. Beyond it the
 * connection that has been sending for the longest time is closed: a body of a few KiB arrives at once, or its client
 * is slow on purpose.
 */
export function createBodyReader(maxBytes: number, onCut: () => void) {
  const arriving = new Map<IncomingMessage, number>();
  const bodies = new WeakMap<IncomingMessage, Promise<Buffer>>();
  let total = 0;

  function release(request: IncomingMessage): void {
    total -= arriving.get(request) ?? 0;
    arriving.delete(request);
  }

  function add(request: IncomingMessage, bytes: number): void {
    const before = arriving.get(request);
    if (before === undefined) return;
    arriving.set(request, before + bytes);
    total += bytes;
    while (total > maxBytes) {
      const [oldest] = arriving.keys();
      if (!oldest) return;
      release(oldest);
      oldest.destroy();
      onCut();
    }
  }

  function read(request: IncomingMessage, limit: number): Promise<Buffer> {
    const length = request.headers['content-length'] ?? null;
    // Not begun to be read, the body is dropped by Node as it arrives.
    if (Number(length) > limit) return Promise.reject(new AppError('payload_too_large'));
    arriving.set(request, 0);
    request.on('data', (chunk: Buffer) => add(request, chunk.length));
    return getRawBody(request, { limit, length })
      .catch((error: unknown) => {
        // Node neither drops the rest of a body that somebody has begun to read, nor reads the next request before it.
        request.resume();
        return failRead(error);
      })
      .finally(() => release(request));
  }

  /**
   * The body of a request, of at most `limit` bytes. A second call for the same request returns the same body.
   * @throws AppError payload_too_large or malformed_request
   */
  return function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
    const known = bodies.get(request);
    if (known) return known;
    const body = read(request, limit);
    bodies.set(request, body);
    return body;
  };
}
