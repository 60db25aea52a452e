import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { createBodyReader } from '../../../app/http/route/read-body.ts';
import { until } from '../../support/until.ts';

const limit = 100;
const maxBytes = 250;

describe('Bodies', () => {
  let server: Server;
  let clients: Socket[];
  /** Requests that have begun, in order. */
  let begun: number;
  let cut: number;
  let read: (request: IncomingMessage) => Promise<Buffer>;

  beforeEach(async () => {
    [begun, cut, clients] = [0, 0, []];
    const readBody = createBodyReader(maxBytes, () => {
      cut += 1;
    });
    read = (request) => readBody(request, limit);
    server = createServer((request, response) => {
      begun += 1;
      read(request).then(
        (bytes) => response.end(bytes),
        (error) => {
          response.statusCode = 400;
          response.end(error instanceof AppError ? error.code : String(error));
        },
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const client of clients) client.destroy();
    server.close();
  });

  /** Sends the beginning of a body, and waits until the server has it. */
  async function begin(length: number, beginning: string): Promise<Socket> {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    socket.on('error', () => undefined);
    clients.push(socket);
    const before = begun;
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${beginning}`);
    await until(() => begun > before);
    return socket;
  }

  async function answer(socket: Socket): Promise<string> {
    const [text] = await once(socket, 'data');
    return text.slice(text.indexOf('\r\n\r\n') + 4);
  }

  it('are read whole up to the limit of the route, and refused beyond it before they arrive', async () => {
    const body = 'a'.repeat(limit);
    expect(await answer(await begin(limit, body))).to.equal(body);
    expect(await answer(await begin(limit + 1, ''))).to.equal('payload_too_large');
  });

  it('that are refused are dropped, and the next request on their connection is answered', async () => {
    const socket = await begin(1_000_000, 'a'.repeat(1_000_000));
    expect(await answer(socket)).to.equal('payload_too_large');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab');
    expect(await answer(socket)).to.equal('ab');
  });

  it('are the same for everybody who reads them', async () => {
    const readOnce = read;
    read = async (request) => Buffer.concat([await readOnce(request), await readOnce(request)]);
    expect(await answer(await begin(2, 'ab'))).to.equal('abab');
  });

  it('that arrive slowly lose their connection, the oldest first, when all together are too large', async () => {
    const slow: Socket[] = [];
    for (let n = 0; n < 3; n += 1) slow.push(await begin(limit, 'a'.repeat(90)));
    await until(() => cut === 1);
    await until(() => slow[0]?.destroyed === true);
    expect(slow.map(({ destroyed }) => destroyed)).to.deep.equal([true, false, false]);
    slow[1]?.write('a'.repeat(10));
    expect(await answer(slow[1] ?? expect.fail())).to.equal('a'.repeat(limit));
    // The bytes of the two that ended are free again.
    const third = await begin(limit, 'b'.repeat(90));
    third.write('b'.repeat(10));
    expect(await answer(third)).to.have.length(limit);
    expect(cut).to.equal(1);
  });
});
