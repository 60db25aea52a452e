import type { Socket } from 'node:net';
import { SentinelConnector } from 'ioredis';
import connectors from 'ioredis/built/connectors/index.js';

type Connect = (this: object, emit: (type: string, error: Error) => void) => Promise<Socket>;

/**
 * The client listens for the first error of a socket only (ioredis/built/Redis.js: `stream.once('error', …)`). A socket with
 * TLS can have a second one, for example an alert of the server and then a reset: Node.js closes no socket because of an
 * alert. An error without a listener ends the process. Every connector of the client opens its sockets here: those of servers,
 * of the nodes and the subscriber of a cluster, and of sentinels and the master that they name.
 */
function surviveLateErrors(prototype: { connect: Connect }): void {
  const { connect } = prototype;
  prototype.connect = async function (emit) {
    const socket = await connect.call(this, emit);
    return socket.on('error', () => undefined);
  };
}

// reason: the types of the two differ in what `emit` gets, which this file only passes on.
for (const { prototype } of [connectors.StandaloneConnector, SentinelConnector])
  surviveLateErrors(prototype as unknown as { connect: Connect });
