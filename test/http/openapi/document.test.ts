import { assert } from 'chai';
import { z } from 'zod';
import { healthEndpoints } from '../../../app/features/health/endpoints.ts';
import { createOpenApi } from '../../../app/http/openapi/openapi.ts';
import { type Endpoint, endpoint } from '../../../app/http/route/endpoint.ts';
import { describeExampleApi } from '../../support/example-endpoints.ts';
import { assertValidOpenApi } from '../../support/openapi-contract.ts';
import { readiness } from '../../support/route-table.ts';

const operation = (path: string, method: string) => describeExampleApi().paths[path][method];
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
  it('is valid OpenAPI 3.1', () => assertValidOpenApi(describeExampleApi()));

  it('is the same to the byte for the same routes', () => {
    assert.equal(JSON.stringify(describeExampleApi()), JSON.stringify(describeExampleApi()));
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
      describeExampleApi().tags.map(({ name }: { name: string }) => name),
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
    assert.notProperty(describeExampleApi().components.schemas.Pet, 'additionalProperties');
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
      401: ['unauthorized', 'insufficient_user_authentication'],
      403: ['forbidden'],
      404: ['not_found'],
      422: ['validation_failed'],
      429: ['rate_limited'],
      500: ['internal_error'],
      503: ['service_unavailable'],
    });
    assert.hasAllKeys(codesAt('/api/v1/users/pets', 'get'), ['400', '422', '500']);
  });

  it('says who may call, and that the authentication must be recent', () => {
    const { description } = operation('/api/v1/admin/pets/{id}', 'delete');
    assert.match(description, /role `admin`.*recent authentication.*\/auth\/reauthenticate/);
    assert.notProperty(operation('/api/v1/users/pets', 'post'), 'description');
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
    const ready = healthEndpoints({ version: '1', environment: 'test', readiness });
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
