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
- Changes by administrators also need a recent authentication; see below.
- Unknown fields and query parameters in a request are an error (422), on every endpoint. A query parameter is given once,
  unless the OpenAPI document describes it as an array. Expect new fields in answers.
- HEAD works wherever GET does. [limits.md](limits.md) lists the limits.
- Lists of users, of the login history and of the audit log, and the data export, may lack the changes of the last seconds
  where the operator has configured a read replica ([operations.md](operations.md#read-replica)).
- A gateway checks tokens with \`GET /api/v1/auth/verify\`; see [gateways.md](gateways.md).

Every change of an account, its sessions or a role, and every attempt without the proof that it needs, adds a row to the
audit log (\`GET /api/v1/admin/audit-log\`). The last active administrator cannot be disabled or deleted and keeps the
role.

## Recent authentication

Each change below \`/api/v1/admin\` needs an access token whose user proved the password in the last ten minutes
(\`STEP_UP_MAX_AGE\`). Otherwise the answer is 401 with the code \`insufficient_user_authentication\` and the challenge of
RFC 9470. A refresh does not help:

\`\`\`text
WWW-Authenticate: Bearer error="insufficient_user_authentication", error_description="A more recent authentication is needed", max_age="600"
\`\`\`

Ask for the password, exchange it for a new access token, and send the request again with it. The refresh token stays the
same, and so do access tokens from before: they still work everywhere else.

\`\`\`bash
TOKEN=$(curl -s -X POST http://localhost:8000/api/v1/auth/reauthenticate \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{"password": "StrongPass123!"}' | jq -r '.data.access_token')
curl -X POST http://localhost:8000/api/v1/admin/users/$ID/disable -H "Authorization: Bearer $TOKEN"
\`\`\`

The access token says in \`auth_time\` (seconds) when its user proved the password, for other services that ask the same.
Users change their own email and password with the current password in the same request, and so do administrators.

## Endpoints

Access is \`open\` for anyone, \`user\` with an access token, and \`admin\` with the role \`admin\`. \`recent\` means that a
recent authentication is needed.

| endpoint | access | purpose |
|---|---|---|
`;

/** docs/api.md: one row for each endpoint of the API, in the order of the OpenAPI document. */
export function apiPage(): string {
  const rows = createRouteTable()
    .filter(({ path }) => !/^\/api\/v1\/(docs|openapi\.json)/.test(path))
    .map(({ method, path, access, recentAuthentication, summary }) => {
      const route = `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
      return `| ${route} | ${access}${recentAuthentication ? ', recent' : ''} | ${summary} |\n`;
    });
  return head + rows.join('');
}
