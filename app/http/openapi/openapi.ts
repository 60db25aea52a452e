import type { Endpoint } from '../route/endpoint.ts';
import { Problem } from './refusals.ts';
import { problemExamples, responseHeaders, responsesOf } from './responses.ts';
import { createSchemaReader, type Schema, type SchemaReader } from './schemas.ts';

const prefix = '/api/v1/';

const tags: Readonly<Record<string, string>> = {
  auth: 'Registration, login and tokens',
  users: 'One’s own account',
  admin: 'For users with the role `admin`',
  health: 'For load balancers and orchestrators',
  keys: 'Public keys for those who verify access tokens',
};

const stepUpDescription =
  'Needs an access token of a recent authentication: a 401 says in `max_age` how many seconds old it may be, and `POST /api/v1/auth/reauthenticate` returns one.';

const gatewayDescription =
  'Every method is answered as GET is. So is every path below this one, with any query, for gateways that append the path of the request that they check: that query is ignored, and no role is checked. A body is never read, and `ALLOWED_HOSTS` does not apply.';

/** `GET /api/v1/users/me/sessions/:id` → `getUsersMeSessionsById`. It depends on the route alone, so names in generated clients stay stable. */
function operationId({ method, path }: Endpoint): string {
  const words = path
    .replace(prefix, '')
    .replaceAll(/:(\w+)/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function tagOf({ path }: Endpoint): string {
  const [first = ''] = path.replace(prefix, '').split('/').filter(Boolean);
  return first === '.well-known' ? 'keys' : first;
}

function parametersIn(location: 'path' | 'query', { properties = {}, required = [] }: Schema): object[] {
  return Object.entries(properties).map(([name, property]) => {
    const { description, deprecated, ...schema } = typeof property === 'boolean' ? {} : property;
    const about = {
      required: required.includes(name),
      ...(description && { description }),
      ...(deprecated && { deprecated }),
    };
    return { name, in: location, ...about, schema };
  });
}

function operationOf(endpoint: Endpoint, reader: SchemaReader): object {
  const { access, audience, body, params, query, recentAuthentication, summary } = endpoint;
  const needs = [
    ...(access === 'admin' ? ['Needs the role `admin`.'] : []),
    ...(recentAuthentication ? [stepUpDescription] : []),
    ...(audience === 'gateway' ? [gatewayDescription] : []),
  ];
  const parameters = [
    ...parametersIn('path', params ? reader.read(params, 'input') : {}),
    ...parametersIn('query', query ? reader.read(query, 'input') : {}),
  ];
  return {
    operationId: operationId(endpoint),
    tags: [tagOf(endpoint)],
    summary,
    ...(needs.length > 0 && { description: needs.join(' ') }),
    // OpenAPI can say neither "any method" nor "any path below".
    ...(audience === 'gateway' && { 'x-any-method-and-path-below': true }),
    security: access === 'open' ? [] : [{ bearerAuth: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: reader.read(body, 'input') } },
      },
    }),
    responses: responsesOf(endpoint, reader),
  };
}

function pathsOf(endpoints: readonly Endpoint[], reader: SchemaReader) {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    // `:id` → `{id}`.
    const template = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[template] = { ...paths[template], [endpoint.method]: operationOf(endpoint, reader) };
  }
  return paths;
}

const description = `Successes are \`{"data": …}\`, lists of many items come in pages with \`meta.next_cursor\`, and
refusals are problems (RFC 9457) whose \`code\` never changes its meaning. Unknown fields are refused in requests,
and so are query parameters that an operation does not list; expect new fields in answers. Before a request reaches an operation it may also be refused with 400, 408 or 431 when it
cannot be read as HTTP, and with 404 or 405 when no operation has its path or method.`;

/**
 * The OpenAPI 3.1 document of a route table, made from the schemas that validate requests. Its bytes depend on the table alone.
 * @throws TypeError if two different schemas have the same `id`
 */
export function createOpenApi(endpoints: readonly Endpoint[], version: string): object {
  const reader = createSchemaReader();
  reader.read(Problem, 'output');
  const paths = pathsOf(endpoints, reader);
  const used = new Set(endpoints.map(tagOf));
  return {
    openapi: '3.1.1',
    info: { title: 'Auth service', version, description },
    servers: [{ url: '/' }],
    tags: Object.entries(tags)
      .filter(([name]) => used.has(name))
      .map(([name, about]) => ({ name, description: about })),
    paths,
    components: {
      schemas: reader.components(),
      headers: responseHeaders,
      examples: problemExamples,
      securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}
