import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { resourceLimits } from '../app/config/resource-limits.ts';
import { exportDeadline } from '../app/features/accounts/personal-data.ts';
import { resetTokenLifetime } from '../app/features/passwords/password-reset.ts';
import { managementLimits } from '../app/http/management/limits.ts';
import { bodyLimits } from '../app/http/route/read-body.ts';
import { clientTimeouts, inactivityTimeout, maxPipelined } from '../app/http/server/server.ts';
import { maxUnsentBytes } from '../app/http/server/unsent-bytes.ts';
import { maxActiveSessions } from '../app/store/tables/sessions.ts';

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`;
const kibibytes = (bytes: number): string => `${bytes / 1024} KiB`;

describe('docs/limits.md', () => {
  it('states the limits of connections, probes, sessions, reset tokens and exports as the code has them', () => {
    const rows: readonly [what: string, limit: string][] = [
      ['time for the headers', seconds(clientTimeouts.headersTimeout)],
      ['time for the whole request', seconds(clientTimeouts.requestTimeout)],
      ['size of the headers', kibibytes(clientTimeouts.maxHeaderSize)],
      ['size of the body, without an access token', kibibytes(bodyLimits.open)],
      ['size of the body, with an access token', kibibytes(bodyLimits.user)],
      ['unanswered requests on one connection', String(maxPipelined)],
      ['time without a byte in either direction', seconds(inactivityTimeout)],
      ['unsent bytes of one connection that sends a further request', kibibytes(maxUnsentBytes)],
      ['active sessions, per user', String(maxActiveSessions)],
      ['duration of a data export', `${exportDeadline / 60_000} minutes`],
      ['reset token', `${resetTokenLifetime / 3_600_000} hour, 1 use`],
    ];
    const management: readonly [what: string, limit: string][] = [
      ['time without a turn of the event loop', seconds(managementLimits.unresponsive)],
      ['age of the checks', seconds(managementLimits.readinessAge)],
      ['time for the metrics', seconds(managementLimits.metricsDeadline)],
      ['time for a connection', seconds(managementLimits.connectionTimeout)],
      ['size of a request', kibibytes(managementLimits.requestSize)],
      ['connections to `METRICS_PORT` at once', String(managementLimits.maxConnections)],
    ];
    const document = readFileSync('docs/limits.md', 'utf8');
    for (const [what, limit] of [...rows, ...management])
      expect(document).to.contain(`\n| ${what} | ${limit} |`);
  });

  it('states the limits that depend on memory as they are in the pod', () => {
    const limits = resourceLimits({ cpus: 0.5, hasCpuQuota: true, memoryBytes: 512 * 1024 ** 2 });
    const rows: readonly [what: string, limit: string][] = [
      ['connections at once', limits.connections.toLocaleString('en')],
      ['connections at once, per address', limits.connectionsPerAddress.toLocaleString('en')],
      ['bytes of bodies that have not arrived whole', `${limits.bodyBytes / 1024 ** 2} MiB`],
      ['unsent bytes of all connections', `${limits.unsentBytes / 1024 ** 2} MiB`],
      ['data exports at once', String(limits.exports)],
    ];
    const document = readFileSync('docs/limits.md', 'utf8');
    for (const [what, limit] of rows)
      expect(document).to.match(new RegExp(`\n\\| ${what} \\| [^|]+ \\| ${limit} \\|`));
  });
});
