import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { AnswerDoc, Endpoint } from './endpoint.ts';
import { Problem, refusalsOf } from './openapi-refusals.ts';
import { createSchemaReader, refTo, type Schema, type SchemaReader } from './openapi-schemas.ts';
import { problems } from './problem.ts';

const prefix = '/api/v1/';

const tags: Readonly<Record<string, string>> = {
  auth: 'Registration, login and tokens',
  users: 'One’s own account',
  admin: 'For users with the role `admin`',
  health: 'For load balancers and orchestrators',
  keys: 'Public keys for those who verify access tokens',
};

const text = (description: string) => ({ description, schema: { type: 'string' } });
const count = (description: string) => ({ description, schema: { type: 'integer', minimum: 0 } });

const headers = {
  'X-Request-Id': text('Id of this request in the logs; the caller’s own when that was well-formed'),
  'WWW-Authenticate': text('The scheme to authenticate with (RFC 6750)'),
  'Retry-After': count('Seconds after which trying again makes sense'),
  'RateLimit-Limit': count('Requests per window and address'),
  'RateLimit-Remaining': count('Requests left in this window'),
  'RateLimit-Reset': count('Seconds until the window ends'),
};
type HeaderName = keyof typeof headers;

interface Response {
  readonly description: string;
  readonly headers: object;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

function headerRefs(names: readonly HeaderName[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function commonHeaders(endpoint: Endpoint): HeaderName[] {
  const budget = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;
  return ['X-Request-Id', ...(endpoint.limit ? budget : [])];
}

/** `:id` → `{id}`. */
function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

/** `GET /api/v1/users/me/sessions/:id` → `getUsersMeSessionsById`. Made of the route alone, so generated clients keep their names. */
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

function parametersIn(place: 'path' | 'query', schema: Schema): object[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = typeof property === 'boolean' ? {} : property;
    const required = schema.required?.includes(name) ?? false;
    return { name, in: place, required, ...(description && { description }), schema: rest };
  });
}

function parametersOf({ params, query }: Endpoint, { read }: SchemaReader): object[] {
  return [
    ...(params ? parametersIn('path', read(params, 'input')) : []),
    ...(query ? parametersIn('query', read(query, 'input')) : []),
  ];
}

/** The body of a success as `write` in dispatch.ts sends it. */
function envelope(answer: AnswerDoc): z.ZodType | undefined {
  if (answer.bare || !answer.data) return answer.data;
  if (!answer.page) return z.object({ data: answer.data });
  const next_cursor = z
    .string()
    .nullable()
    .meta({ description: 'Query parameter of the next page; null on the last' });
  return z.object({ data: answer.data, meta: z.object({ next_cursor }) });
}

function success(answer: AnswerDoc, common: readonly HeaderName[], { read }: SchemaReader): Response {
  const schema = envelope(answer);
  const own = Object.entries(answer.headers ?? {}).map(([name, description]) => [name, text(description)]);
  return {
    description: answer.description,
    headers: { ...headerRefs(common), ...Object.fromEntries(own) },
    ...(schema && { content: { [answer.type ?? 'application/json']: { schema: read(schema, 'output') } } }),
  };
}

function refusal(status: number, codes: readonly ErrorCode[], common: readonly HeaderName[]): Response {
  const names: HeaderName[] = [...common];
  if (status === 401) names.push('WWW-Authenticate');
  if (status === 429 || status === 503) names.push('Retry-After');
  const narrowed = { properties: { status: { const: status }, code: { enum: [...codes] } } };
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('\n\n'),
    headers: headerRefs(names),
    content: { 'application/problem+json': { schema: { allOf: [refTo('Problem'), narrowed] } } },
  };
}

/** Readiness says "not ready" with 503, which is a refusal's status elsewhere: one response, two media types. */
function merge(a: Response | undefined, b: Response): Response {
  if (!a) return b;
  return {
    description: `${a.description}\n\n${b.description}`,
    headers: { ...a.headers, ...b.headers },
    content: { ...a.content, ...b.content },
  };
}

function responsesOf(endpoint: Endpoint, reader: SchemaReader): Record<number, Response> {
  const common = commonHeaders(endpoint);
  const responses: Record<number, Response> = {};
  for (const [status, answer] of Object.entries(endpoint.answers)) {
    responses[Number(status)] = success(answer, common, reader);
  }
  for (const [status, codes] of refusalsOf(endpoint)) {
    responses[status] = merge(responses[status], refusal(status, codes, common));
  }
  return responses;
}

function operationOf(endpoint: Endpoint, reader: SchemaReader): object {
  const { access, body, summary } = endpoint;
  const parameters = parametersOf(endpoint, reader);
  return {
    operationId: operationId(endpoint),
    tags: [tagOf(endpoint)],
    summary,
    ...(access === 'admin' && { description: 'Needs the role `admin`.' }),
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

function pathsOf(
  endpoints: readonly Endpoint[],
  reader: SchemaReader,
): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const template = templateOf(endpoint.path);
    paths[template] = { ...paths[template], [endpoint.method]: operationOf(endpoint, reader) };
  }
  return paths;
}

const description = `Successes are \`{"data": …}\`, lists of many items come in pages with \`meta.next_cursor\`, and
refusals are problems (RFC 9457) whose \`code\` never changes its meaning. Unknown fields are refused in requests;
expect new ones in answers. Before a request reaches an operation it may also be refused with 400, 408 or 431 when it
cannot be read as HTTP, and with 404 or 405 when no operation has its path or method.`;

/**
 * The OpenAPI 3.1 document of a route table, made from the schemas that validate. The same table gives the same bytes.
 * @throws TypeError when two different schemas carry the same `id`
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
      headers,
      securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}
