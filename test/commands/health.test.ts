import { createServer } from 'node:http';
import { expect } from 'chai';
import { healthCommand } from '../../app/commands/health.ts';
import { closeServer, listen } from '../../app/http/server/server.ts';

describe('The health command', () => {
  it('asks an IPv6 address too', async function () {
    const paths: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      paths.push(url);
      response.end();
    });
    const port = await listen(server, 0, '::1').catch(() => this.skip());
    try {
      await healthCommand(port, '::1');
      expect(paths).to.deep.equal(['/livez']);
    } finally {
      await closeServer(server, 0);
    }
  });
});
