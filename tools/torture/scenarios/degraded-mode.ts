import type { Deployment } from '../harness/deployment.ts';
import type { EndpointController } from '../harness/endpoints.ts';
import type { Nginx } from '../harness/nginx.ts';
import type { ScenarioContext } from '../harness/scenario.ts';
import type { TcpProxy } from '../harness/tcp-proxy.ts';
import type { Sample } from '../load/plan.ts';
import { describe, exemplify, type LoadResult } from '../load/result.ts';
import { type Phase, samplesDuring } from './outage-load.ts';

/** What a client of the degraded mode must get at any time: a token check, a public key, the own user. */
const served: Readonly<Record<string, string>> = { verify: '204', jwks: '200', me: '200' };

/** What needs Postgres. */
const writes = ['login', 'refresh', 'register'] as const;

export interface Setting {
  readonly deployment: Deployment;
  readonly nginx: Nginx;
  readonly controller: EndpointController;
  /** Between the third replica and Postgres. */
  readonly proxy: TcpProxy;
}

const isLost = (name: string, { status }: Sample): boolean => String(status) !== served[name];

/** Requests of the degraded mode that were not served from the beginning of the phase to its end. */
export const lostIn = (result: LoadResult, { began, ended }: Phase): Sample[] =>
  Object.keys(served).flatMap((name) =>
    result.of(name).filter((sample) => sample.due >= began && sample.due < ended && isLost(name, sample)),
  );

export function reportPhase(
  context: ScenarioContext,
  setting: Setting,
  result: LoadResult,
  phase: Phase,
): void {
  const { began, ended, name, returned } = phase;
  const { controller, deployment } = setting;
  for (const stream of [...Object.keys(served), ...writes]) {
    const counts: Record<string, number> = {};
    for (const { status, retryAfter } of samplesDuring(result, stream, phase)) {
      const outcome = `${status}${status === 503 && !retryAfter ? ' without Retry-After' : ''}`;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    context.report.figure(
      `${name}: ${stream} during ${Math.round((returned - began) / 1_000)} s`,
      describe(counts),
    );
  }
  const states = deployment.urls.map((url) => controller.statuses(url, began, ended).join(', '));
  context.report.figure(
    `${name}: fewest endpoints, and what /readyz answered`,
    [controller.fewest(began, ended), ...states].join(' | '),
  );
}

/** The promises of the degraded mode during a whole outage, and for some seconds afterwards. */
export function checkWholeOutage(
  context: ScenarioContext,
  setting: Setting,
  result: LoadResult,
  phase: Phase,
): void {
  const { report } = context;
  const { began, ended, name, returned } = phase;
  const { controller, deployment } = setting;
  const lost = lostIn(result, phase);
  report.check(`${name}: no token check and no public key is lost`, lost.length === 0, exemplify(lost));
  const fewest = controller.fewest(began, ended);
  report.check(
    `${name}: every replica stays in the endpoints`,
    fewest === deployment.urls.length,
    `${fewest}`,
  );
  const said = deployment.urls.every((url) => controller.statuses(url, began, returned).includes('degraded'));
  report.check(`${name}: /readyz says degraded`, said);
  const isSettled = ({ due }: Sample): boolean => due >= began + 1_000 && due < returned - 1_000;
  const changes = writes.flatMap((stream) => samplesDuring(result, stream, phase)).filter(isSettled);
  const odd = changes.filter(({ status, retryAfter }) => status !== 503 || !retryAfter);
  report.check(
    `${name}: logins, refreshes and registrations are answered with 503 and Retry-After`,
    changes.length > 0 && odd.length === 0,
    `${changes.length - odd.length} of ${changes.length} ${exemplify(odd)}`,
  );
  const faults = result
    .of()
    .filter(({ due }) => due >= began && due < ended)
    .filter(({ retryAfter, status }) => status === 0 || (status >= 500 && !(status === 503 && retryAfter)));
  report.check(
    `${name}: no other failure and no request without an answer`,
    faults.length === 0,
    exemplify(faults),
  );
  const recovery = result.recovery(
    { from: returned, until: ended },
    ({ status }) => status < 500 && status > 0,
  );
  report.check(`${name}: everything is served within 3 s of the return`, recovery <= 3_000, `${recovery} ms`);
}
