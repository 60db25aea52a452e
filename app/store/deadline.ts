/**
 * Calls `onExpired` after some milliseconds, but not before the event loop has read what has arrived meanwhile. Timers run before
 * sockets are read. While the process gets no CPU for longer than a deadline, an answer may therefore be in the socket when
 * its timer fires, and a plain timer would call it late.
 * @returns a function that ends the deadline
 */
export function startDeadline(milliseconds: number, onExpired: () => void): () => void {
  let afterReading: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    afterReading = setImmediate(onExpired);
  }, milliseconds);
  return () => {
    clearTimeout(timer);
    clearImmediate(afterReading);
  };
}
