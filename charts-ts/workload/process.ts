import type { WorkloadValues } from '../values/schema-workload.ts';

/** The image as a container runtime names it. The digest selects the image, and the tag shows the release. */
export function imageReference({ digest, repository, tag }: WorkloadValues['image']): string {
  return `${repository}:${tag}${digest ? `@${digest}` : ''}`;
}

/** The arguments of the process that migrates the database. */
export const migrateArguments: readonly string[] = ['migrate'];

/** The arguments of the process that deletes expired rows. */
export function purgeArguments({ keepAuditMonths, keepMonths }: WorkloadValues['purge']): string[] {
  return ['purge', '--keep-months', `${keepMonths}`, '--keep-audit-months', `${keepAuditMonths}`];
}

/** ENTRYPOINT of the image, for platforms whose command replaces it. test/charts/targets compares it with the Dockerfile. */
export const entryPoint: readonly string[] = ['auth-service'];

/** HEALTHCHECK of the image, for platforms that do not know it from the image. */
export const healthCommand: readonly string[] = [...entryPoint, 'health'];
