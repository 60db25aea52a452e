import { createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { connect } from '../../../../app/store/postgres/connection.ts';
import { silentLog } from '../../../support/stores.ts';

/** A server that answers the first bytes of each connection with `answer`, or closes the connection for null. */
async function withServer<T>(answer: Buffer | string | null, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('data', () => (answer === null ? socket.end() : socket.write(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await use(typeof address === 'object' && address ? address.port : 0);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

async function failure(port: number, query: string, connectTimeout = 10_000): Promise<string> {
  const target = {
    url: () => `postgresql://admin:secret@127.0.0.1:${port}/authdb?${query}`,
    sslMode: 'verify-full',
    caFile: undefined,
    acceptsTrust: true,
  } as const;
  const connection = connect({ target, prepare: false, connectTimeout, parameters: {}, log: silentLog });
  try {
    await connection.unsafe('select 1');
    return 'connected';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await connection.end({ timeout: 0 });
  }
}

/** A message of Postgres with a length that may be a lie. */
function message(type: string, length: number, body = ''): Buffer {
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, Buffer.from(body)]);
}

describe('The connection to a server that is no Postgres', () => {
  const cases: readonly [title: string, query: string, answer: Buffer | string | null, error: RegExp][] = [
    [
      'adds bytes to its consent to TLS',
      '',
      Buffer.from('SR\0\0\0\x08\0\0\0\0'),
      /does not use the protocol/,
    ],
    ['answers the request for TLS with another protocol', '', 'HTTP/1.1 400 Bad Request', /does not use the/],
    ['answers the login with another protocol', 'sslmode=disable', 'HTTP/1.1 400', /does not use the/],
    ['closes the connection before TLS', '', null, /closed the connection before the login/],
    [
      'closes the connection before the login',
      'sslmode=disable',
      null,
      /closed the connection before the login/,
    ],
    [
      'announces a message that would fill the memory',
      'sslmode=disable',
      message('R', 0x7fffffff),
      /does not use/,
    ],
    ['announces a message without a length', 'sslmode=disable', message('R', 0), /does not use the protocol/],
    ['sends too much', 'sslmode=disable', Buffer.alloc(1_000_000, 'R'), /sends too much before the login/],
    ['sends rows before the login', 'sslmode=disable', message('D', 4), /goes on before the login/],
    [
      'asks for an unknown method',
      'sslmode=disable',
      message('R', 8, '\0\0\0\x07'),
      /authentication method 7/,
    ],
    ['offers no SCRAM', 'sslmode=disable', message('R', 13, '\0\0\0\x0aGSS\0\0'), /other than SCRAM-SHA-256/],
  ];
  for (const [title, query, answer, error] of cases) {
    it(`fails because the server ${title}`, async () => {
      await withServer(answer, async (port) => expect(await failure(port, query)).to.match(error));
    });
  }

  it('fails because the server is a standby, which only the connection to a replica accepts', async () => {
    const text = 'in_hot_standby\0on\0';
    const standby = Buffer.concat([
      message('R', 8, '\0\0\0\0'),
      message('S', 4 + text.length, text),
      message('Z', 5, 'I'),
    ]);
    await withServer(standby, async (port) => {
      expect(await failure(port, 'sslmode=disable')).to.match(/is a standby and not the primary/);
    });
  });

  it('fails at the timeout when the server does not answer', async () => {
    for (const query of ['', 'sslmode=disable'])
      await withServer('', async (port) =>
        expect(await failure(port, query, 50)).to.match(/CONNECT_TIMEOUT/),
      );
  });

  it('reports the error that the server sends before the login', async () => {
    const text = 'SFATAL\0VFATAL\0C53300\0Mtoo many connections\0\0';
    const answer = message('E', 4 + text.length, text);
    await withServer(answer, async (port) => {
      expect(await failure(port, 'sslmode=disable')).to.equal('too many connections');
    });
  });
});
