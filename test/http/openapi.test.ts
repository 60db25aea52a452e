import { assert } from 'chai';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../app/http/endpoint.ts';
import { healthEndpoints } from '../../app/http/health-endpoints.ts';
import { createOpenApi } from '../../app/http/openapi.ts';
import { Problem } from '../../app/http/openapi-refusals.ts';
import { assertValidOpenApi, createContract } from '../support/openapi-contract.ts';
import { createRouteTable } from '../support/route-table.ts';

const Pet = z.object({ id: z.uuid(), born: z.iso.datetime() }).meta({ id: 'Pet' });
const NewPet = z.strictObject({ name: z.string().meta({ examples: ['Rex'] }), age: z.int().default(0) });
const PetParams = z.object({ id: z.uuid() });
const PetQuery = z.strictObject({
  limit: z.coerce.number().int().max(9).default(3).meta({ description: 'How many' }),
});
const pet = { id: '0198c0de-0000-7000-8000-000000000000', born: '2026-01-31T12:00:00.000Z' };

function petEndpoints(): Endpoint[] {
  return [
    endpoint(
      'POST /api/v1/users/pets',
      {
        summary: 'Add a pet',
        access: 'user',
        limit: 'login',
        body: NewPet,
        answers: { 201: { description: 'The pet', data: Pet } },
        refuses: ['username_taken', 'email_taken', 'wrong_password'],
      },
      () => ({}),
    ),
    endpoint(
      'GET /api/v1/users/pets',
      {
        summary: 'Pets',
        access: 'open',
        query: PetQuery,
        answers: {
          200: { description: 'A page', data: Pet.array(), page: true, headers: { 'X-Pets': 'How many' } },
        },
      },
      () => ({}),
    ),
    endpoint(
      'DELETE /api/v1/admin/pets/:id',
      {
        summary: 'Remove a pet',
        access: 'admin',
        params: PetParams,
        answers: { 204: { description: 'Removed' } },
      },
      () => ({}),
    ),
    endpoint(
      'GET /.well-known/pet.json',
      { summary: 'A pet', access: 'open', answers: { 200: { description: 'Bare', data: Pet, bare: true } } },
      () => ({}),
    ),
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into a document whose form assertValidOpenApi has checked
function describePets(): any {
  return createOpenApi(petEndpoints(), '1.2.3');
}

const operation = (path: string, method: string) => describePets().paths[path][method];
const codesAt = (path: string, method: string) =>
  Object.fromEntries(
    Object.entries<{
      content?: Record<
        string,
        { schema: { allOf?: [object, { properties: { code: { enum: string[] } } }] } }
      >;
    }>(operation(path, method).responses).flatMap(([status, { content }]) => {
      const narrowed = content?.['application/problem+json']?.schema.allOf?.[1];
      return narrowed ? [[status, narrowed.properties.code.enum]] : [];
    }),
  );

describe('OpenAPI document', () => {
  it('is valid OpenAPI 3.1', () => assertValidOpenApi(describePets()));

  it('is the same to the byte for the same routes', () => {
    assert.equal(JSON.stringify(describePets()), JSON.stringify(describePets()));
  });

  it('names operations after method and path', () => {
    assert.equal(operation('/api/v1/users/pets', 'post').operationId, 'postUsersPets');
    assert.equal(operation('/api/v1/admin/pets/{id}', 'delete').operationId, 'deleteAdminPetsById');
    assert.equal(operation('/.well-known/pet.json', 'get').operationId, 'getWellKnownPetJson');
  });

  it('tags operations by the first part of their path', () => {
    assert.deepEqual(operation('/.well-known/pet.json', 'get').tags, ['keys']);
    assert.deepEqual(operation('/api/v1/admin/pets/{id}', 'delete').tags, ['admin']);
    assert.deepEqual(
      describePets().tags.map(({ name }: { name: string }) => name),
      ['users', 'admin', 'keys'],
    );
  });

  it('asks for a bearer token exactly where the route does', () => {
    assert.deepEqual(operation('/api/v1/users/pets', 'post').security, [{ bearerAuth: [] }]);
    assert.deepEqual(operation('/api/v1/admin/pets/{id}', 'delete').security, [{ bearerAuth: [] }]);
    assert.deepEqual(operation('/api/v1/users/pets', 'get').security, []);
  });

  it('describes a body by what may be sent, examples included', () => {
    const { schema } = operation('/api/v1/users/pets', 'post').requestBody.content['application/json'];
    assert.deepEqual(schema.required, ['name']);
    assert.deepEqual(schema.properties.name, { type: 'string', examples: ['Rex'] });
    assert.isFalse(schema.additionalProperties);
  });

  it('describes parameters of path and query', () => {
    assert.deepEqual(operation('/api/v1/admin/pets/{id}', 'delete').parameters, [
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
    ]);
    const [limit] = operation('/api/v1/users/pets', 'get').parameters;
    assert.include(limit, { name: 'limit', in: 'query', required: false, description: 'How many' });
    assert.include(limit.schema, { type: 'integer', maximum: 9, default: 3 });
  });

  it('puts data into the envelope, pages with their cursor, and bare answers as they are', () => {
    const schemaOf = (path: string, method: string, status: number) =>
      operation(path, method).responses[status].content['application/json'].schema;
    assert.deepEqual(schemaOf('/api/v1/users/pets', 'post', 201).properties, {
      data: { $ref: '#/components/schemas/Pet' },
    });
    const page = schemaOf('/api/v1/users/pets', 'get', 200);
    assert.deepEqual(page.properties.data.items, { $ref: '#/components/schemas/Pet' });
    assert.deepEqual(page.properties.meta.properties.next_cursor.type, ['string', 'null']);
    assert.deepEqual(schemaOf('/.well-known/pet.json', 'get', 200), { $ref: '#/components/schemas/Pet' });
    assert.notProperty(operation('/api/v1/admin/pets/{id}', 'delete').responses[204], 'content');
  });

  it('leaves answers room to grow', () => {
    assert.notProperty(describePets().components.schemas.Pet, 'additionalProperties');
  });

  it('lists the refusals that limit, access, body, query and params bring along, and those of the endpoint', () => {
    assert.deepEqual(codesAt('/api/v1/users/pets', 'post'), {
      400: ['malformed_request', 'host_not_allowed'],
      401: ['unauthorized'],
      403: ['wrong_password'],
      409: ['email_taken', 'username_taken'],
      413: ['payload_too_large'],
      415: ['unsupported_media_type'],
      422: ['validation_failed'],
      429: ['rate_limited'],
      500: ['internal_error'],
      503: ['service_unavailable'],
    });
    assert.deepEqual(codesAt('/api/v1/admin/pets/{id}', 'delete'), {
      400: ['host_not_allowed'],
      401: ['unauthorized'],
      403: ['forbidden'],
      404: ['not_found'],
      500: ['internal_error'],
      503: ['service_unavailable'],
    });
    assert.hasAllKeys(codesAt('/api/v1/users/pets', 'get'), ['400', '422', '500']);
  });

  it('documents the headers that come with each answer', () => {
    const { responses } = operation('/api/v1/users/pets', 'post');
    assert.containsAllKeys(responses[201].headers, [
      'X-Request-Id',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
    ]);
    assert.property(responses[401].headers, 'WWW-Authenticate');
    assert.property(responses[429].headers, 'Retry-After');
    assert.property(responses[503].headers, 'Retry-After');
    assert.deepEqual(Object.keys(operation('/api/v1/users/pets', 'get').responses[200].headers), [
      'X-Request-Id',
      'X-Pets',
    ]);
  });

  it('keeps a success and a refusal of the same status apart by media type', async () => {
    const up = async () => true;
    const checks = { postgres: up, schema: up, redis: up };
    const ready = healthEndpoints({ version: '1', environment: 'test', checks, isDraining: () => false });
    const busy = { ...ready.at(-1), access: 'user' } as Endpoint; // needs a session store, and so may be unavailable
    const document = createOpenApi([busy], '1');
    await assertValidOpenApi(document);
    assert.hasAllKeys(
      JSON.parse(JSON.stringify(document)).paths['/api/v1/health/ready'].get.responses[503].content,
      ['application/json', 'application/problem+json'],
    );
  });

  it('refuses a name whose input and output differ', () => {
    const Twin = z.object({ count: z.int().default(0) }).meta({ id: 'Twin' });
    const answers = { 200: { description: '', data: Twin } };
    const echo = endpoint(
      'POST /api/v1/auth/echo',
      { summary: '', access: 'open', body: Twin, answers },
      () => ({}),
    );
    assert.throws(() => createOpenApi([echo], '1'), TypeError, 'Twin');
  });
});

describe('OpenAPI document of the real routes', () => {
  const endpoints = createRouteTable().filter(({ path }) => !/openapi\.json|\/docs/.test(path));
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const document: any = createOpenApi(endpoints, '1.0.0');
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const operations = Object.values<any>(document.paths).flatMap((item) => Object.values<any>(item));

  it('is valid OpenAPI 3.1', () => assertValidOpenApi(document));

  it('has every route', () => assert.lengthOf(operations, endpoints.length));

  it('gives each operation an id of its own and a tag that is described', () => {
    assert.lengthOf(new Set(operations.map(({ operationId }) => operationId)), operations.length);
    const described = document.tags.map(({ name }: { name: string }) => name);
    for (const { tags } of operations) assert.includeMembers(described, tags);
  });

  it('has a parameter for each placeholder', () => {
    for (const [path, item] of Object.entries<object>(document.paths)) {
      const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      // biome-ignore lint/suspicious/noExplicitAny: as above
      for (const { parameters = [] } of Object.values<any>(item)) {
        const inPath = parameters.filter((parameter: { in: string }) => parameter.in === 'path');
        assert.sameMembers(
          inPath.map(({ name }: { name: string }) => name),
          placeholders,
          path,
        );
      }
    }
  });

  it('shows an example of each problem that is true to form', () => {
    for (const [code, { value }] of Object.entries<{ value: unknown }>(document.components.examples)) {
      assert.equal(Problem.parse(value).code, code);
    }
  });
});

describe('contract of the OpenAPI document', () => {
  const contract = createContract(describePets());
  const json = 'application/json; charset=utf-8';
  const created = {
    method: 'POST',
    path: '/api/v1/users/pets',
    status: 201,
    contentType: json,
    body: { data: pet },
  };
  const refused = (status: number, code: string) => ({
    ...created,
    status,
    contentType: 'application/problem+json; charset=utf-8',
    body: { type: `urn:x:${code}`, title: 't', status, detail: 'd', code, request_id: 'r' },
  });

  it('accepts what is documented', () => {
    contract.assertAnswer(created);
    contract.assertAnswer(refused(409, 'email_taken'));
    const page = { data: [pet], meta: { next_cursor: null } };
    contract.assertAnswer({
      ...created,
      method: 'GET',
      path: '/api/v1/users/pets?limit=3',
      status: 200,
      body: page,
    });
    contract.assertAnswer({ ...created, method: 'HEAD', status: 200, body: undefined });
    contract.assertAnswer({
      method: 'DELETE',
      path: `/api/v1/admin/pets/${pet.id}`,
      status: 204,
      contentType: '',
      body: undefined,
    });
  });

  it('refuses a status, code, field or form that is not documented', () => {
    const wrong = [
      { ...created, status: 200 },
      { ...created, body: { data: { ...pet, password_hash: 'x' } } },
      { ...created, body: { data: { ...pet, born: 'yesterday' } } },
      { ...created, body: pet },
      { ...created, contentType: 'text/plain' },
      refused(409, 'role_exists'),
      { ...refused(409, 'email_taken'), contentType: json },
      { ...created, method: 'DELETE', path: '/api/v1/admin/pets/1', status: 204, contentType: json },
    ];
    for (const answer of wrong)
      assert.throws(() => contract.assertAnswer(answer), /./, undefined, JSON.stringify(answer));
  });

  it('lets through only problems where there is no operation, besides preflights and the documentation', () => {
    contract.assertAnswer({ ...refused(404, 'not_found'), path: '/nowhere' });
    contract.assertAnswer({ ...refused(405, 'method_not_allowed'), method: 'PUT' });
    contract.assertAnswer({ ...refused(431, 'headers_too_large') });
    contract.assertAnswer({
      method: 'OPTIONS',
      path: '/api/v1/users/pets',
      status: 204,
      contentType: '',
      body: undefined,
    });
    contract.assertAnswer({
      method: 'GET',
      path: '/api/v1/docs',
      status: 200,
      contentType: 'text/html',
      body: undefined,
    });
    assert.throws(() => contract.assertAnswer({ ...created, path: '/nowhere' }));
    assert.throws(() =>
      contract.assertAnswer({ ...refused(404, 'not_found'), path: '/nowhere', body: undefined }),
    );
  });
});
