import { createRouteTable } from '../../test/support/route-table.ts';

const head = `# HTTP API

\`npm run docs\` writes this page from the endpoints of \`app/features/\`.

The OpenAPI 3.1 document at \`/api/v1/openapi.json\` is the reference: it contains every field, limit and error. A running
service shows it at \`/api/v1/docs\`. This page gives the overview.

## Requests and answers

- A success is \`{"data": …}\`. A list also has \`meta.next_cursor\`, which is the parameter \`cursor\` of the next page.
- An error is \`application/problem+json\` (RFC 9457). Programs compare \`code\`, which never changes its meaning. \`request_id\`
  leads to the log line.
- Send the access token as \`Authorization: Bearer …\`. A 401 has \`WWW-Authenticate: Bearer\`.
- Unknown fields in a request are an error. Expect new fields in answers.
- HEAD works wherever GET does. [limits.md](limits.md) lists the limits.
- A gateway checks tokens with \`GET /api/v1/auth/verify\`; see [gateways.md](gateways.md).

Every change of an account, its sessions or a role adds a row to the audit log (\`GET /api/v1/admin/audit-log\`). The last active administrator cannot be disabled or deleted and
keeps the role.

## Endpoints

Access is \`open\` for anyone, \`user\` with an access token, and \`admin\` with the role \`admin\`.

| endpoint | access | purpose |
|---|---|---|
`;

/** docs/api.md: one row for each endpoint of the API, in the order of the OpenAPI document. */
export function apiPage(): string {
  const rows = createRouteTable()
    .filter(({ path }) => !/^\/api\/v1\/(docs|openapi\.json)/.test(path))
    .map(({ method, path, access, summary }) => {
      const route = `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
      return `| ${route} | ${access} | ${summary} |\n`;
    });
  return head + rows.join('');
}
