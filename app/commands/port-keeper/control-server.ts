import { createServer, type Server, type Socket } from 'node:net';
import { readLines } from './control-lines.ts';
import type { ListenAddress } from './kept-port.ts';

/** What the service asks for by its connections. */
interface Control {
  release(socket: Socket): void;
  report(socket: Socket, listening: ListenAddress): void;
  take(socket: Socket, id: number): void;
  onEnd(socket: Socket): void;
}

/**
 * The listener for the connections of the service, on which it writes one line for each request:
 * - `release`: it wants to listen. The answer is a JSON list of the connections that wait.
 * - `listening HOST PORT`: it listens there. If the connection ends now, its process has ended.
 * - `take ID`, on a connection of its own: from now on this connection has the bytes of the client with this id.
 */
export function createControlServer({ onEnd, release, report, take }: Control): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('close', () => onEnd(socket));
    let isTaken = false;
    const stopReading = readLines(socket, (line) => {
      const [command, first = '', second] = line.split(' ');
      if (command === 'take') {
        isTaken = true;
        stopReading();
        take(socket, Number(first));
      } else if (command === 'release') release(socket);
      else if (command === 'listening') report(socket, { host: first, port: Number(second) });
      else socket.destroy();
    });
    // A taken connection stays open until both directions have ended.
    socket.once('end', () => isTaken || socket.destroy());
  });
}
