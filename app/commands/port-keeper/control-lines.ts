import type { Socket } from 'node:net';

/** Characters. Longer lines come from something else than the service. */
const maxLength = 256;

/**
 * Calls `onLine` for each line that arrives. The function that it returns stops that.
 * @param onLine without the end of the line
 */
export function readLines(socket: Socket, onLine: (line: string) => void): () => void {
  let text = '';
  let isReading = true;
  function read(chunk: Buffer): void {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\n'); end >= 0 && isReading; end = text.indexOf('\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      onLine(line);
    }
    if (isReading && text.length > maxLength) socket.destroy();
  }
  socket.on('data', read);
  return () => {
    isReading = false;
    socket.off('data', read);
  };
}
