/**
 * Files of test/deployments that take minutes, with about how many on two free cores. CI stops after 40 minutes and does not run
 * them. `npm run test:deployments:long` does. Run them after a change of what they test.
 */
export const longTests: Readonly<Record<string, number>> = {
  'alert-days.deploy.ts': 9,
  'alert-drills-paging.deploy.ts': 8,
  'alert-drills.deploy.ts': 10,
  'dashboard-speed.deploy.ts': 8,
  'runbooks.deploy.ts': 3,
};

/** Divides the files of the folder. */
export function byLength(files: readonly string[]): { readonly short: string[]; readonly long: string[] } {
  const isLong = (file: string): boolean => file in longTests;
  return { short: files.filter((file) => !isLong(file)), long: files.filter(isLong) };
}
