import { failed, passed, skipped, warning } from '../../checks/check.ts';
import type { VerifyCheck } from '../context.ts';
import { describe } from '../describe-reply.ts';

const category = 'Exposure';

export const exposureChecks: readonly VerifyCheck[] = [
  {
    id: 'metrics-private',
    category,
    title: 'Metrics are not public',
    documentation:
      '`GET /metrics` without a token must not answer 200. Metrics belong to the port `METRICS_PORT`, which no proxy and no load balancer publishes. On platforms with one port, `METRICS_TOKEN` protects the route.',
    needs: ['health'],
    async run({ http }) {
      const reply = await http.send({ path: '/metrics' });
      if (reply.status >= 400) return passed(`Refused with ${reply.status}`);
      return failed(
        describe(reply),
        'Do not publish METRICS_PORT, and let the proxy answer /metrics with 404',
      );
    },
  },
  {
    id: 'management-private',
    category,
    title: 'The probes of the management port are not public',
    documentation:
      '`GET /livez` must not answer 200: it belongs to `METRICS_PORT`, which only the kubelet and Prometheus reach. A 200 means that the proxy passes requests on to the wrong port.',
    needs: ['health'],
    async run({ http }) {
      const reply = await http.send({ path: '/livez' });
      if (reply.status >= 400) return passed(`Refused with ${reply.status}`);
      return failed(describe(reply), 'Let the proxy pass requests on to PORT and not to METRICS_PORT');
    },
  },
  {
    id: 'admin-protected',
    category,
    title: 'The administration needs a token',
    documentation:
      '`GET /api/v1/admin/users` without a token must be refused. 404 is right as well, where a proxy keeps the administration from the internet. A 200 means that something in front of the service adds a token.',
    needs: ['readiness'],
    async run({ http }) {
      const reply = await http.send({ path: '/api/v1/admin/users' });
      if ([401, 403, 404].includes(reply.status)) return passed(`Refused with ${reply.status}`);
      return failed(describe(reply), 'Let no proxy add an Authorization header or answer for this path');
    },
  },
  {
    id: 'docs-private',
    category,
    title: 'The API documentation is not public',
    documentation:
      'The service shows its OpenAPI document at `/api/v1/openapi.json` and a page at `/api/v1/docs`. They contain no secret, so a public document is a warning; `--private-docs` makes it a failure. Let the proxy answer `/api/v1/docs` and `/api/v1/openapi.json` with 404, if only your own programs use the API.',
    needs: ['health'],
    async run({ http, options, target }) {
      const reply = await http.send({ path: '/api/v1/openapi.json' });
      if (reply.status >= 400) return passed(`Refused with ${reply.status}`);
      if (target.isLoopback && !options.demandsPrivateDocs)
        return skipped('The documentation is public, and the host is a loopback address');
      const fix = 'Let the proxy answer /api/v1/docs and /api/v1/openapi.json with 404';
      return options.demandsPrivateDocs ? failed(describe(reply), fix) : warning(describe(reply), fix);
    },
  },
];
