import { z } from 'zod';
import { AppError, type ErrorCode, errorCodes } from '../../errors.ts';
import { problemBody, problems } from '../problem.ts';
import type { AnswerDoc, Endpoint } from '../route/endpoint.ts';
import { refusalsOf } from './refusals.ts';
import { refTo, type SchemaReader } from './schemas.ts';

const text = (description: string) => ({ description, schema: { type: 'string' } });
const count = (description: string) => ({ description, schema: { type: 'integer', minimum: 0 } });

export const responseHeaders = {
  'X-Request-Id': text('Id of this request in the logs; the caller’s own when that was well-formed'),
  'WWW-Authenticate': text(
    'The scheme to authenticate with (RFC 6750), and `max_age` in seconds where a new authentication helps (RFC 9470)',
  ),
  'Retry-After': count('Seconds after which trying again makes sense'),
  'RateLimit-Limit': count('Requests per window of the address, or in a 429 of what was refused'),
  'RateLimit-Remaining': count('Requests left in this window'),
  'RateLimit-Reset': count('Seconds until the window ends'),
};
type HeaderName = keyof typeof responseHeaders;

interface Response {
  readonly description: string;
  readonly headers: object;
  readonly content?: object;
}

/** An example of each problem, made by the function that writes real ones. */
export const problemExamples = Object.fromEntries(
  errorCodes.map((code) => {
    const fields = [{ path: 'email', message: 'Invalid email address' }];
    const error = new AppError(code, code === 'validation_failed' ? { fields } : {});
    return [code, { value: problemBody(error, '5f0c3b1e-8a53-4c39-9a0e-2f1d7c1b6a42') }];
  }),
);

function refsTo(section: 'examples' | 'headers', names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${section}/${name}` }]));
}

function commonHeaders(endpoint: Endpoint): HeaderName[] {
  const budget = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;
  return ['X-Request-Id', ...(endpoint.limit ? budget : [])];
}

/** The body of a success response, as `write` in route/dispatch.ts sends it. */
function envelope(answer: AnswerDoc): z.ZodType | undefined {
  if (answer.bare || !answer.data) return answer.data;
  if (!answer.page) return z.object({ data: answer.data });
  const next_cursor = z
    .string()
    .nullable()
    .meta({ description: '`cursor` of the next page; null on the last' });
  return z.object({ data: answer.data, meta: z.object({ next_cursor }) });
}

function success(answer: AnswerDoc, common: readonly HeaderName[], { read }: SchemaReader): Response {
  const schema = envelope(answer);
  const extra = Object.entries(answer.headers ?? {}).map(([name, description]) => [name, text(description)]);
  return {
    description: answer.description,
    headers: { ...refsTo('headers', common), ...Object.fromEntries(extra) },
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
    headers: refsTo('headers', names),
    content: {
      'application/problem+json': {
        schema: { allOf: [refTo('Problem'), narrowed] },
        examples: refsTo('examples', codes),
      },
    },
  };
}

/** Readiness answers 503 for "not ready"; elsewhere 503 is an error. One response then has two media types. */
function merge(a: Response | undefined, b: Response): Response {
  if (!a) return b;
  return {
    description: `${a.description}\n\n${b.description}`,
    headers: { ...a.headers, ...b.headers },
    content: { ...a.content, ...b.content },
  };
}

/** Every response of an endpoint by status: its declared successes and all errors. */
export function responsesOf(endpoint: Endpoint, reader: SchemaReader): Record<number, Response> {
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
