import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { abortAll, abortStatus, trackResponses } from '../../app/http/in-flight.ts';
import { closeServer, listen } from '../../app/http/server/server.ts';
import { until } from '../support/until.ts';

const most = 16;
const question = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('Responses under way', () => {
  let server: Server;
  let port: number;
  const followed: ServerResponse[] = [];
  let refused = 0;
  let closed = 0;

  beforeEach(async () => {
    followed.length = 0;
    refused = 0;
    closed = 0;
    // Answers nothing by itself.
    server = createServer((request, response) => {
      if (!follow(response)) {
        refused += 1;
        request.socket.destroy();
        return;
      }
      followed.push(response);
      response.on('close', () => {
        closed += 1;
      });
    });
    const follow = trackResponses(server, most);
    port = await listen(server, 0, '127.0.0.1');
  });
  afterEach(() => closeServer(server, 0));

  async function ask(count: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(question.repeat(count));
    return socket;
  }
  /** What is still remembered is what a cut marks. */
  const remembered = () => {
    abortAll(server);
    return followed.filter(abortStatus).length;
  };

  it('are forgotten when their connection goes, those too whose turn had not come', async () => {
    const socket = await ask(10);
    await until(() => followed.length === 10);
    socket.destroy();
    await until(() => closed === 10);
    expect(remembered()).to.equal(0);
  });

  it('close once each, whether they were answered or not', async () => {
    const socket = await ask(3);
    await until(() => followed.length === 3);
    followed[0]?.end();
    await until(() => closed === 1);
    socket.destroy();
    await until(() => closed === 3);
    expect(remembered()).to.equal(0);
  });

  it('are no more on one connection than it may have, however many requests come in one piece', async () => {
    const socket = await ask(1_500);
    await once(socket, 'close');
    await until(() => closed === most);
    expect([followed.length, refused > 0, remembered()]).to.deep.equal([most, true, 0]);
  });

  it('of a connection may be any number when each is answered in its turn', async () => {
    server.on('request', (_request, response) => response.end());
    const socket = await ask(1).then((one) => one.setEncoding('utf8'));
    for (let n = 2; n <= 3 * most; n += 1) {
      await once(socket, 'data');
      socket.write(question);
    }
    await once(socket, 'data');
    await until(() => closed === 3 * most);
    expect([refused, remembered()]).to.deep.equal([0, 0]);
    socket.destroy();
  });

  it('that are cut are told from those whose client went', async () => {
    const [, second] = [await ask(2), await ask(2)];
    await until(() => followed.length === 4);
    const [first] = followed;
    second.destroy();
    await until(() => closed === 2);
    expect(remembered()).to.equal(2);
    expect(first && abortStatus(first)).to.equal(503);
    await until(() => closed === 4);
  });
});
