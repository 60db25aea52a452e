import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { inhibitions } from '../../charts-ts/monitoring/alerts/inhibitions.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { ask } from '../../tools/torture/harness/client.ts';
import { waitFor } from '../../tools/torture/harness/process.ts';
import {
  deliveredConfiguration,
  drillConfiguration,
  startAlertmanager,
  startWebhook,
} from './support/drills/alertmanager.ts';
import type { Course } from './support/drills/drill.ts';
import type { Installation } from './support/drills/installation.ts';
import { addInstallation, type Lab, startLab } from './support/drills/lab.ts';
import { needDrillServers } from './support/drills/need-servers.ts';
import { aboutLatency } from './support/drills/run-drill.ts';
import { logIn, registerUser, repeat, sendLogin } from './support/drills/traffic.ts';
import { cleanUpWhenInterrupted } from './support/interruption.ts';
import { need } from './support/tools.ts';

/**
 * Two pods whose alerts go to Alertmanager. The factor keeps the proportion between one evaluation (30 s by default, here one)
 * and the time for which Alertmanager waits for the source of an inhibition.
 */
const course: Course = { name: 'paging', factor: 30, pods: 2, drills: [] };

/** Alerts about latency and CPU. */
const busyMachine = new Set([
  ...aboutLatency,
  'AuthLatencyBudgetBurnSlow',
  'AuthEventLoopLag',
  'AuthHashQueueSaturated',
]);
/** What Alertmanager inhibits while an alert fires. */
const consequencesOf = (alert: string): readonly string[] =>
  inhibitions.flatMap(({ consequences, sources }) => (sources.includes(alert) ? consequences : []));
/** Milliseconds. An outage of ten minutes in the time of the rules, after the first notification. */
const outage = 20_000;
/** Milliseconds. Longer than the windows of 30 minutes that contain the outage after its end. */
const aftermath = 70_000;
/** Milliseconds in which something must happen, however busy the machine is. */
const limit = 300_000;

describe('Outages on a real Alertmanager with the generated configuration', function () {
  this.timeout(1_200_000);
  const cleanup = createCleanup();
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let configuration: string;
  let lab: Lab;
  let installation: Installation;

  /** The cluster counts those pods as available that are ready, as the kubelet does. */
  async function followReadiness(): Promise<void> {
    const { kubernetes, pods } = installation;
    const statuses = pods.map(async ({ metricsPort }) =>
      ask(`http://127.0.0.1:${metricsPort}`, 'GET /readyz', { timeout: 1_000 }),
    );
    const ready = (await Promise.all(statuses)).filter(({ status }) => status === 200);
    kubernetes.set('kube_deployment_status_replicas_available', ready.length);
  }

  /** Users log in to both pods, and a gateway checks the token of one of them. */
  async function startUsers(): Promise<void> {
    const user = await registerUser(installation.url);
    const { access } = await logIn(installation.url, user);
    for (const { url } of installation.pods) {
      cleanup.add(repeat(2, 200, () => sendLogin(url, user)));
      cleanup.add(repeat(1, 200, () => ask(url, 'GET /api/v1/auth/verify', { token: access })));
    }
  }

  before(async function () {
    needDrillServers(this);
    cleanUpWhenInterrupted();
    need(this, 'prometheus-alertmanager', 'the Debian package prometheus-alertmanager');
    const folder = mkdtempSync(join(tmpdir(), 'paging-'));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    webhook = await startWebhook(cleanup);
    const text = drillConfiguration(webhook.url, course.factor ?? 1);
    const alertmanager = await startAlertmanager({ folder, cleanup, configuration: text });
    configuration = alertmanager.file;
    lab = await startLab(cleanup, [course], { alertmanagerPort: alertmanager.port, evaluationInterval: 1 });
    installation = await addInstallation(lab, course);
    cleanup.add(repeat(1, 500, followReadiness));
    await startUsers();
  });
  after(() => cleanup.run());

  /** No alert of these fires, or is about to. @param matchers of their labels */
  const pages = `severity="critical",alertname!~"${aboutLatency.join('|')}"`;
  const isCalm = async (matchers = pages): Promise<boolean> =>
    (await lab.prometheus.query(`ALERTS{namespace="${installation.namespace}",${matchers}}`)).length === 0;

  /** Makes an outage, and returns what both receivers were notified of until every alert was over. */
  async function notificationsOf(what: string, begin: () => Promise<unknown>, end: () => Promise<unknown>) {
    await waitFor('an installation without pages', () => isCalm(), limit, 500);
    webhook.clear();
    await begin();
    // A busy machine makes logins slow by itself.
    const notified = (receiver: string): string[] =>
      webhook.notified(receiver).filter((alert) => !busyMachine.has(alert));
    const isNotified = () => [...notified('pager'), ...notified('tickets')].length > 0;
    await waitFor(`a notification of ${what}`, isNotified, limit, 100).finally(async () => {
      await sleep(outage);
      await end();
      await sleep(aftermath);
    });
    // The window of a slow budget contains the outage for hours, so its ticket is not waited for.
    const causes = `alertname=~"${webhook.notified('tickets').join('|')}",alertname!~".+Slow"`;
    await waitFor(`the end of ${what}`, async () => (await isCalm()) && isCalm(causes), limit, 500);
    const found = { pages: notified('pager'), tickets: notified('tickets') };
    const list = (alerts: string[]): string => alerts.join(', ') || 'none';
    process.stdout.write(`${what}: pages: ${list(found.pages)}; tickets: ${list(found.tickets)}\n`);
    return found;
  }

  for (const [what, file] of [
    ['as it is delivered', () => deliveredConfiguration],
    ['with receivers', () => configuration],
  ] as const) {
    it(`is valid ${what}`, () => {
      expect(execFileSync('amtool', ['check-config', file()], { encoding: 'utf8' })).to.contain('SUCCESS');
    });
  }

  it('notifies of no page and one ticket while Redis is away', async () => {
    const { redis } = installation;
    const found = await notificationsOf('Redis is killed', redis.kill, redis.start);
    expect(found).to.deep.equal({ pages: [], tickets: ['AuthRedisUnavailable'] });
  });

  it('notifies of one page while Postgres is away, and of no ticket that follows from it', async () => {
    const { server } = lab;
    const { pages, tickets } = await notificationsOf('Postgres is killed', server.kill, server.start);
    expect(pages).to.deep.equal(['AuthPostgresUnavailable']);
    // What the outage used of the budget is used.
    const consequences = consequencesOf('AuthPostgresUnavailable').filter(
      (one) => !one.endsWith('BudgetBurnSlow'),
    );
    expect(tickets.filter((one) => consequences.includes(one))).to.deep.equal([]);
  });

  it('notifies of one page while all pods are down', async () => {
    const { pods } = installation;
    const { pages } = await notificationsOf(
      'All pods are killed',
      () => Promise.all(pods.map((pod) => pod.kill())),
      () => Promise.all(pods.map((pod) => pod.start())),
    );
    // The two begin within a second of each other, and a busy machine may notice either first.
    expect(pages).to.have.length(1);
    expect(pages[0]).to.be.oneOf(['AuthServiceDown', 'AuthNoPodReady']);
  });
});
