import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../errors.ts';
import { problems } from '../problem.ts';
import type { Endpoint } from '../route/endpoint.ts';

/** RFC 9457, as `problemBody` writes it. */
export const Problem = z
  .object({
    type: z
      .string()
      .meta({ description: 'URN of the code', examples: ['urn:auth-service:problem:not_found'] }),
    title: z.string().meta({ description: 'The same for every problem of this code' }),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'A sentence about this one' }),
    code: z.enum(errorCodes).meta({ description: 'What programs should tell problems apart by' }),
    request_id: z.string().meta({ description: 'As in X-Request-Id; quote it when you ask for help' }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: 'Dotted path of the field', examples: ['email'] }),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Each field at fault, up to twenty' }),
  })
  .meta({ id: 'Problem' });

/** What the policies of an endpoint may answer instead of its handler; see `serve` in route/dispatch.ts. */
function impliedCodes(endpoint: Endpoint): ErrorCode[] {
  const { access, audience, body, limit, params, recentAuthentication } = endpoint;
  const implied: [applies: unknown, ...codes: ErrorCode[]][] = [
    [audience === undefined || audience === 'public', 'host_not_allowed'],
    [limit, 'rate_limited'],
    [access !== 'open', 'unauthorized'],
    [access === 'admin', 'forbidden'],
    [recentAuthentication, 'insufficient_user_authentication', 'rate_limited'],
    [params, 'not_found'],
    [true, 'validation_failed'],
    [body, 'malformed_request', 'payload_too_large', 'unsupported_media_type'],
    [access !== 'open' || limit, 'service_unavailable'],
    [true, 'internal_error'],
  ];
  return implied.flatMap(([applies, ...codes]) => (applies ? codes : []));
}

/** Every error code that an endpoint may answer, by HTTP status. */
export function refusalsOf(endpoint: Endpoint): ReadonlyMap<number, readonly ErrorCode[]> {
  const codes = new Set([...impliedCodes(endpoint), ...(endpoint.refuses ?? [])]);
  const byStatus = new Map<number, ErrorCode[]>();
  // Use the order of errorCodes, so that reordering an endpoint's list does not change the document.
  for (const code of errorCodes.filter((each) => codes.has(each))) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}
