import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Ask, type Reply, startApp, type TestApp } from './support/app.ts';
import { createRouteTable } from './support/route-table.ts';
import { onOneStore } from './support/stores.ts';

const readme = readFileSync('README.md', 'utf8');

describe('README.md', () => {
  it('has at most 150 lines', () => {
    expect(readme.trimEnd().split('\n')).to.have.length.at.most(150);
  });

  it('begins with the commands that run and test a fresh clone', () => {
    const blocks = [...readme.matchAll(/^```bash\n([\s\S]*?)^```/gm)].map(([, block]) => block);
    expect(blocks.slice(0, 2)).to.deep.equal(['npm ci && npm start\n', 'npm ci && npm test\n']);
  });
});

/** The curl commands of the README as `ask` takes them. */
function curlCommands(): readonly { readonly what: string; readonly ask: Ask }[] {
  const text = readme.replaceAll('\\\n', ' ');
  const commands = [...text.matchAll(/\bcurl [^|\n]*/g)].map(([command]) => command);
  return commands.map((command) => {
    const [, method = 'GET'] = /-X (\w+)/.exec(command) ?? [];
    const [, path = ''] = /http:\/\/localhost:8000(\S+)/.exec(command) ?? [];
    const [, body] = /-d '([^']+)'/.exec(command) ?? [];
    return { what: `${method} ${path}`, ask: body ? { body: JSON.parse(body) } : {} };
  });
}

onOneStore('The commands of the README', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('register a user, log in and read the user', async () => {
    const [register, logIn, readUser] = curlCommands().map(
      ({ what, ask }) =>
        (token?: string): Promise<Reply> =>
          app.ask(what, token ? { ...ask, token } : ask),
    );
    expect((await register?.())?.status).to.equal(201);
    const login = await logIn?.();
    expect(login?.status).to.equal(200);
    const user = await readUser?.(login?.body.data.access_token);
    expect(user?.body.data).to.include({ email: 'test@example.com', username: 'testuser' });
  });
});

describe('docs/api.md', () => {
  it('lists every endpoint of the API with who may call it', () => {
    const rows = readFileSync('docs/api.md', 'utf8').matchAll(/^\| ([A-Z]+ \/\S+) \| ([\w, ]+) \|/gm);
    const listed = [...rows].map(([, route, access]) => `${route} ${access}`);
    const isDocumentation = /^\/api\/v1\/(docs|openapi\.json)/;
    const endpoints = createRouteTable().filter(({ path }) => !isDocumentation.test(path));
    const expected = endpoints.map(({ method, path, access, recentAuthentication }) => {
      const route = `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
      return `${route} ${access}${recentAuthentication ? ', recent' : ''}`;
    });
    expect(listed.sort()).to.deep.equal(expected.sort());
  });
});
