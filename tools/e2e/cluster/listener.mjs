// Runs in a pod: node listener.mjs listen, or node listener.mjs connect ADDRESS PORT. It finds out whether the network between two
// pods lets a connection pass. connect ends with 0 if the connection was accepted, and with 1 if it was not.
import { connect, createServer } from 'node:net';

const [action, address, port] = process.argv.slice(2);
if (action === 'listen') createServer((socket) => socket.end()).listen(8080);
else {
  const socket = connect({ host: address, port: Number(port), timeout: 3_000 });
  socket.once('connect', () => process.exit(0));
  socket.once('timeout', () => process.exit(1));
  socket.once('error', () => process.exit(1));
}
