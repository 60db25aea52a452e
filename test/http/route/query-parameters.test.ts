import { connect } from 'node:net';
import { expect } from 'chai';
import { z } from 'zod';
import { AppError } from '../../../app/errors.ts';
import { createOpenApi } from '../../../app/http/openapi/openapi.ts';
import { refusalsOf } from '../../../app/http/openapi/refusals.ts';
import { type Endpoint, endpoint } from '../../../app/http/route/endpoint.ts';
import type { ActiveSession } from '../../../app/store/tables/sessions.ts';
import { createRouteTable } from '../../support/route-table.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';

const id = '00000000-0000-4000-8000-000000000001';
const administrator: ActiveSession = {
  sessionId: id,
  user: { id, email: 'a@example.com', username: 'someone', roles: ['admin'], createdAt: new Date(0) },
  disabled: false,
  version: 1,
  expiresAt: new Date(8.64e15),
};

type Server = Awaited<ReturnType<typeof serveEndpoints>>;

const targetOf = ({ path }: Endpoint): string => path.replace(':id', id).replace(':name', 'editor');

describe('Query parameters of every route', () => {
  const routes = createRouteTable();
  let server: Server;
  // The table has no services: a request that reached its handler would fail with 500, not with 422.
  before(async () => {
    server = await serveEndpoints(routes, { authenticate: async () => administrator });
  });
  after(() => server.close());

  async function send(method: string, target: string) {
    const response = await fetch(`http://127.0.0.1:${server.port}${target}`, { method });
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), text };
  }

  const methodsOf = ({ method }: Endpoint): string[] =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];

  for (const route of routes) {
    for (const method of methodsOf(route)) {
      it(`are refused where unknown: ${method} ${route.path}`, async () => {
        const { status, type, text } = await send(method, `${targetOf(route)}?no_such_parameter=1`);
        expect([status, type]).to.deep.equal([422, 'application/problem+json; charset=utf-8']);
        if (method === 'HEAD') return;
        const { code, errors } = JSON.parse(text);
        expect(code).to.equal('validation_failed');
        expect(errors).to.deep.equal([
          { path: 'no_such_parameter', message: 'is not a known query parameter' },
        ]);
      });
    }
  }

  it('are refused in every spelling of an unknown name', async () => {
    const names: [text: string, path: string][] = [
      ['__proto__=1', '__proto__'],
      ['constructor=1', 'constructor'],
      ['toString', 'toString'],
      ['__proto__[role]=admin', '__proto__[role]'],
      ['role[]=admin', 'role[]'],
      ['role%5B%5D=admin', 'role[]'],
      ['role%255B%255D=admin', 'role%5B%5D'],
      ['%72oles=admin', 'roles'],
      ['Role=admin', 'Role'],
      ['role%20=admin', 'role '],
      ['+role=admin', ' role'],
      ['=admin', ''],
      ['=', ''],
      ['role;x=1', 'role;x'],
      ['?role=admin', '?role'],
      ['1732680000', '1732680000'],
      ['role=admin&_=1', '_'],
    ];
    for (const [text, path] of names) {
      const answer = await send('GET', `/api/v1/auth/verify?${text}`);
      expect([text, answer.status]).to.deep.equal([text, 422]);
      expect(JSON.parse(answer.text).errors.map((error: { path: string }) => error.path)).to.deep.equal([
        path,
      ]);
    }
  });

  it('are found behind a thousand others', async () => {
    const { status } = await send('GET', `/api/v1/auth/verify?${'role=user&'.repeat(1_001)}x=1`);
    expect(status).to.equal(422);
  });

  it('are refused when they are not percent-encoded UTF-8', async () => {
    // Any text may be searched, so nothing else refuses these.
    for (const value of ['%ff', '%zz', '%', '%E2%82', '%ED%A0%80', '%00']) {
      const { status, text } = await send('GET', `/api/v1/admin/users?username=${value}`);
      expect([value, status]).to.deep.equal([value, 422]);
      expect(JSON.parse(text).errors).to.have.lengthOf(1);
    }
    expect((await send('GET', '/api/v1/admin/users?%ff=1')).status).to.equal(422);
  });

  it('do not hide in a fragment, which no request target has', async () => {
    for (const target of ['/api/v1/health#x=1', '/api/v1/health#?x=1']) {
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(server.port, '127.0.0.1', () =>
          socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        );
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.once('close', () => resolve(text)).once('error', reject);
      });
      expect(answer).to.match(/^HTTP\/1\.1 (400|422) /);
    }
  });

  it('may be absent behind a question mark', async () => {
    for (const text of ['?', '?&', '?&&']) {
      expect([text, (await send('GET', `/api/v1/health${text}`)).status]).to.deep.equal([text, 200]);
    }
  });

  it('are refused more than once where one is allowed', async () => {
    for (const [route, name] of [
      ['/api/v1/users/me/login-history', 'limit'],
      ['/api/v1/admin/login-histories', 'cursor'],
      ['/api/v1/admin/users', 'username'],
    ]) {
      const { status, text } = await send('GET', `${route}?${name}=5&${name}=5`);
      expect([route, status]).to.deep.equal([route, 422]);
      expect(JSON.parse(text).errors).to.deep.equal([{ path: name, message: 'must be given only once' }]);
    }
  });

  it('are described completely, and so is the refusal of others', () => {
    // biome-ignore lint/suspicious/noExplicitAny: another test checks the form of the document
    const document: any = createOpenApi(routes, '1.0.0');
    for (const route of routes) {
      expect(refusalsOf(route).get(422), route.path).to.include('validation_failed');
      const template = route.path.replaceAll(/:(\w+)/g, '{$1}');
      const { parameters = [] } = document.paths[template][route.method];
      const described = parameters.filter((each: { in: string }) => each.in === 'query');
      const shape = route.query instanceof z.ZodObject ? route.query.shape : {};
      expect(described.map(({ name }: { name: string }) => name)).to.have.members(Object.keys(shape));
    }
  });
});

describe('The order of refusals', () => {
  it('is access, then path, then query, then body', async () => {
    const refuse = endpoint(
      'POST /things/:id',
      {
        summary: 'A thing',
        access: 'user',
        params: z.object({ id: z.uuid() }),
        body: z.strictObject({}),
        answers: {},
      },
      () => expect.fail('no request gets this far'),
    );
    let isKnown = false;
    const server = await serveEndpoints([refuse], {
      authenticate: async () => {
        if (!isKnown) throw new AppError('unauthorized');
        return administrator;
      },
    });
    const statusOf = async (target: string) =>
      (await fetch(`http://127.0.0.1:${server.port}${target}`, { method: 'POST', body: 'x' })).status;
    try {
      expect(await statusOf(`/things/${id}?x=1`)).to.equal(401);
      isKnown = true;
      expect(await statusOf('/things/1?x=1')).to.equal(404);
      expect(await statusOf(`/things/${id}?x=1`)).to.equal(422);
      expect(await statusOf(`/things/${id}`)).to.equal(415);
    } finally {
      await server.close();
    }
  });
});
