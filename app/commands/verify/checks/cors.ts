import { failed, passed, skipped } from '../../checks/check.ts';
import type { VerifyCheck } from '../context.ts';
import { describe } from '../describe-reply.ts';
import { type HttpClient, valuesOf } from '../http/client.ts';

const category = 'CORS';
const allowOrigin = 'access-control-allow-origin';

/** What a browser asks before it sends a login with JSON from a page of another origin. */
const preflight = (http: HttpClient, origin: string) =>
  http.send({
    method: 'OPTIONS',
    path: '/api/v1/auth/login',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });

export const corsChecks: readonly VerifyCheck[] = [
  {
    id: 'cors-allowed',
    category,
    title: 'A page of an allowed origin may call the service',
    documentation:
      'Sends the preflight request of a browser with the origin that `--origin` names. The answer must allow exactly this origin, once. If it does not, `CORS_ALLOWED_ORIGINS` lacks the origin (a JSON array; scheme, host and port as the browser sends them), or a proxy answers preflight requests or adds a second header.',
    needs: ['health'],
    async run({ http, options: { origin } }) {
      if (!origin) return skipped('--origin names no origin');
      const reply = await preflight(http, origin);
      const values = valuesOf(reply, allowOrigin);
      if (reply.status < 300 && values.length === 1 && values[0] === origin) return passed(origin);
      const found = values.length > 1 ? `${allowOrigin} is sent ${values.length} times` : describe(reply);
      return failed(
        `${origin} is not allowed: ${found}`,
        'Add the origin to CORS_ALLOWED_ORIGINS, and let no proxy answer preflight requests or add CORS headers',
      );
    },
  },
  {
    id: 'cors-foreign',
    category,
    title: 'A page of a foreign origin may not call the service',
    documentation:
      'Sends the same preflight request with an origin that cannot exist. The answer must not allow it. If it does, `CORS_ALLOWED_ORIGINS` is `*`, or a proxy adds `Access-Control-Allow-Origin` to every answer: every page in the internet can then call the API with what its visitor knows.',
    needs: ['health'],
    async run({ http }) {
      const reply = await preflight(http, 'https://verify.invalid');
      const [value] = valuesOf(reply, allowOrigin);
      if (value === undefined || !['*', 'https://verify.invalid'].includes(value))
        return passed('Not allowed');
      return failed(
        `${allowOrigin} allows any origin`,
        'List the origins of your pages in CORS_ALLOWED_ORIGINS, and let no proxy add CORS headers',
      );
    },
  },
];
