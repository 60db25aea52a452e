import { failed, passed, skipped } from '../../checks/check.ts';
import type { VerifyCheck } from '../context.ts';
import { describe, textField } from '../describe-reply.ts';
import { headerOf, type Reply } from '../http/client.ts';

const category = 'HTTP';

const isProblem = (reply: Reply): boolean =>
  /^application\/problem\+json\b/.test(headerOf(reply, 'content-type') ?? '') &&
  textField(reply, 'code') !== undefined &&
  textField(reply, 'request_id') !== undefined;

export const protocolChecks: readonly VerifyCheck[] = [
  {
    id: 'request-id',
    category,
    title: 'The request id of a client comes back',
    documentation:
      'The service returns the `X-Request-Id` of the client, and logs it, so that one id leads through all logs. If another id comes back, a proxy replaces it, and the ids of clients lead nowhere. If none comes back, a proxy removes the header.',
    needs: ['health'],
    async run(context) {
      const reply = await context.health();
      const id = reply.sent.headers?.['x-request-id'];
      const returned = headerOf(reply, 'x-request-id');
      if (returned === id) return passed('The id came back');
      return failed(
        returned ? 'Another id came back' : 'No id came back',
        'Let the proxy pass X-Request-Id on in both directions',
      );
    },
  },
  {
    id: 'error-format',
    category,
    title: 'Errors are problem details (RFC 9457)',
    documentation:
      'A path that does not exist answers 404 with `application/problem+json`, a `code` and a `request_id`. An HTML page means that a proxy answers with its own error pages: let the proxy pass the answers of the service on.',
    needs: ['health'],
    async run({ http }) {
      const reply = await http.send({ path: '/api/v1/verify-nothing' });
      if (reply.status === 404 && isProblem(reply)) return passed('404 with problem details');
      return failed(
        `${describe(reply)} as ${headerOf(reply, 'content-type') ?? 'nothing'}`,
        'Let the proxy pass error answers of the service on unchanged (no error pages of its own)',
      );
    },
  },
  {
    id: 'method-not-allowed',
    category,
    title: 'An unsupported method is refused with 405 and Allow',
    documentation:
      '`DELETE /api/v1/auth/login` answers 405 with the header `Allow`. Another answer means that a proxy handles methods itself.',
    needs: ['health'],
    async run({ http }) {
      const reply = await http.send({ method: 'DELETE', path: '/api/v1/auth/login' });
      if (reply.status === 405 && headerOf(reply, 'allow')) return passed('405 with Allow');
      return failed(describe(reply), 'Let the proxy pass every method on to the service');
    },
  },
  {
    id: 'body-limit',
    category,
    title: 'A body over the limit is refused with 413',
    documentation:
      'Sends a login of 17 KiB. The service and every proxy of docs/deploy refuse it with 413 before anything is computed. Another answer means that something in front of the service changes bodies.',
    needs: ['health'],
    async run({ http }) {
      const reply = await http.send({
        method: 'POST',
        path: '/api/v1/auth/refresh',
        json: { refresh_token: 'x'.repeat(17 * 1024) },
      });
      if (reply.status === 413) return passed('413');
      return failed(describe(reply), 'Let the proxy pass bodies on unchanged, or limit them to 16 KiB');
    },
  },
  {
    id: 'host-header',
    category,
    title: 'A request for an unknown host is refused',
    documentation:
      'Sends `Host: verify.invalid`. The service refuses hosts that are not in `ALLOWED_HOSTS` with 400, and a proxy may close the connection or answer 404 or 421. If the request is served, `ALLOWED_HOSTS` is `*` or the proxy replaces the header: links and caches could then be poisoned with a forged host.',
    needs: ['health'],
    async run({ http, target }) {
      const reply = await http
        .send({ path: '/.well-known/jwks.json', headers: { host: 'verify.invalid' } })
        .catch(() => null);
      if (!reply) return passed('The connection was closed');
      if (reply.status >= 400 && reply.status < 500) return passed(`Refused with ${reply.status}`);
      if (target.isLoopback)
        return skipped('Any host is served, and the host of the URL is a loopback address');
      return failed(
        describe(reply),
        'Set ALLOWED_HOSTS to the public host names, and let the proxy pass the Host header on',
      );
    },
  },
  {
    id: 'rate-limit-headers',
    category,
    title: 'The limited routes report their rate limits',
    documentation:
      'The answer to a login has `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. If they are missing, `RATE_LIMIT` is `off`, or a proxy removes them. The check uses no limit up.',
    needs: ['login-refused'],
    async run(context) {
      const reply = await context.refusedLogin();
      const names = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];
      const missing = names.filter((name) => headerOf(reply, name) === undefined);
      if (missing.length === 0)
        return passed(`${headerOf(reply, 'ratelimit-limit')} logins for each network and window`);
      return failed(
        `${missing.join(', ')} missing`,
        'Set RATE_LIMIT=on, and let the proxy pass the headers on',
      );
    },
  },
];
