import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exportDeadline, maxExports } from '../app/features/accounts/personal-data.ts';
import { resetTokenLifetime } from '../app/features/passwords/password-reset.ts';
import { bodyLimit } from '../app/http/route/read-json.ts';
import {
  clientTimeouts,
  inactivityTimeout,
  maxConnections,
  maxPipelined,
} from '../app/http/server/server.ts';
import { defaultUnsentBudget, maxUnsentBytes } from '../app/http/server/unsent-bytes.ts';
import { maxActiveSessions } from '../app/store/tables/sessions.ts';

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`;
const kibibytes = (bytes: number): string => `${bytes / 1024} KiB`;

describe('docs/limits.md', () => {
  it('states the limits of connections, sessions, reset tokens and exports as the code has them', () => {
    const rows: readonly [what: string, limit: string][] = [
      ['time for the headers', seconds(clientTimeouts.headersTimeout)],
      ['time for the whole request', seconds(clientTimeouts.requestTimeout)],
      ['size of the headers', kibibytes(clientTimeouts.maxHeaderSize)],
      ['size of the body', kibibytes(bodyLimit)],
      ['unanswered requests on one connection', String(maxPipelined)],
      ['time without a byte in either direction', seconds(inactivityTimeout)],
      ['connections at once', maxConnections.toLocaleString('en')],
      ['unsent bytes of one connection that sends a further request', kibibytes(maxUnsentBytes)],
      ['unsent bytes of all connections of a replica', `${defaultUnsentBudget / 1024 ** 2} MiB`],
      ['active sessions, per user', String(maxActiveSessions)],
      ['data exports at once', `1 per user, ${maxExports} per replica`],
      ['duration of a data export', `${exportDeadline / 60_000} minutes`],
      ['reset token', `${resetTokenLifetime / 3_600_000} hour, 1 use`],
    ];
    const document = readFileSync('docs/limits.md', 'utf8');
    for (const [what, limit] of rows) expect(document).to.contain(`\n| ${what} | ${limit} |`);
  });
});
