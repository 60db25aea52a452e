import { targetOf } from '../load/under-load.ts';
import type { Step } from '../run.ts';

interface VerifyReport {
  readonly checks: readonly { readonly id: string; readonly status: string; readonly message: string }[];
}

/** Sections 5.1 to 5.3 of the deployment guide, by the program of the image, from another pod. */
export const smoke: Step = {
  name: 'smoke',
  claim: 'auth-service verify passes: health, headers, registration, login, the account',
  async run(run, report) {
    const main = await run.main();
    const { base, host } = await targetOf(run, main);
    const { hostname, port } = new URL(base);
    const output = await run.toolPod.exec([
      ...['sh', '-c', 'auth-service "$@" || true', 'verify', 'verify', `http://${host}:${port}`],
      ...['--resolve', `${host}:${hostname}`, '--state-dir', '/tmp/verify', '--output', 'json'],
      // The way from pod to pod is plain HTTP. The load balancer of the cloud speaks TLS.
      ...['--skip', 'tls-in-use'],
    ]);
    // reason: verify writes one document in this form, which docs/checks.md describes.
    const { checks } = JSON.parse(output) as VerifyReport;
    const count = (status: string): number => checks.filter((check) => check.status === status).length;
    for (const { id, message, status } of checks) if (status === 'failed') report.check(id, false, message);
    report.figure(
      'checks',
      `${count('passed')} passed, ${count('warning')} warnings, ${count('skipped')} skipped`,
    );
    report.check('no check fails', count('failed') === 0 && count('passed') > 0);
  },
};
