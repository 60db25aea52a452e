import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../../../../tools/torture/harness/cleanup.ts';
import { startPostgres } from '../../../../tools/torture/harness/postgres-server.ts';
import { withDatabase } from '../../../support/servers.ts';
import type { Course } from './drill.ts';
import { type Cluster, type Installation, namespaceOf, rulesOf, startInstallation } from './installation.ts';
import { startKubernetesExporter } from './kubernetes-metrics.ts';
import { migrateDatabase } from './pod.ts';
import { type DrillReport, forbiddenAlerts, runDrill } from './run-drill.ts';
import { onlyAlerts } from './scaled-rules.ts';
import { type ScrapingPrometheus, type Servers, startScrapingPrometheus } from './scraping-prometheus.ts';

/** The servers that all installations of a run share. */
export interface Lab extends Cluster {
  readonly prometheus: ScrapingPrometheus;
}

const template = 'migrated';

/** Starts Postgres, Prometheus and the exporter of the cluster, and creates the database that each installation copies. */
export async function startLab(
  cleanup: Cleanup,
  courses: readonly Course[],
  options: Omit<Servers, 'exporterPort' | 'past'> = {},
): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'drills-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const server = await startPostgres(folder, cleanup);
  await server.sql.unsafe(`create database ${template}`);
  await migrateDatabase(withDatabase(server.url, template), folder);
  const { describeInstallation, port: exporterPort } = await startKubernetesExporter(cleanup);
  const past = courses.filter(({ hasLogins }) => hasLogins).flatMap(rulesOf);
  const prometheus = await startScrapingPrometheus({ folder, cleanup, exporterPort, past, ...options });
  const { setTargets } = prometheus;
  return { folder, cleanup, server, template, describeInstallation, setTargets, prometheus };
}

/** Starts an installation that Prometheus watches with the rules of the charts, or those that its drills need. */
export async function addInstallation(lab: Lab, course: Course): Promise<Installation> {
  const rules = rulesOf(course);
  const alerts = course.drills.flatMap((drill) => [...drill.alerts, ...forbiddenAlerts(drill, rules)]);
  const watched = course.drills.length > 0 ? onlyAlerts(rules, new Set(alerts)) : rules;
  await lab.prometheus.addRules(namespaceOf(course), watched);
  return startInstallation(course, lab, watched);
}

/**
 * Runs the drills of each course in their order, and the courses at the same time. A drill that fails does not keep the
 * others of its course from running.
 * @returns for each course, the report of each drill
 */
export function runCourses(lab: Lab, courses: readonly Course[]): Promise<DrillReport>[][] {
  // One after the other: each starts processes, which would slow each other down.
  let starting: Promise<unknown> = Promise.resolve();
  return courses.map((course) => {
    const ready = starting.then(() => addInstallation(lab, course));
    starting = ready.catch(() => undefined);
    let previous: Promise<unknown> = ready;
    return course.drills.map((drill) => {
      const report = previous.then(async () => runDrill(lab.prometheus, await ready, drill));
      previous = report.catch(() => undefined);
      return report;
    });
  });
}
