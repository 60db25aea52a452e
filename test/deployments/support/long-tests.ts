/**
 * Files of test/deployments that take minutes, with about how many on two free cores. CI has 40 minutes for all others, of which
 * they need less than two thirds. `npm run test:deployments:long` runs these. Run them after a change of what they test.
 */
export const longTests: Readonly<Record<string, number>> = {
  'alert-days.deploy.ts': 9,
  'alert-drills-paging.deploy.ts': 8,
  'alert-drills.deploy.ts': 10,
  'dashboard-speed.deploy.ts': 8,
};

/** Divides the files of the folder. */
export function byLength(files: readonly string[]): { readonly short: string[]; readonly long: string[] } {
  const isLong = (file: string): boolean => file in longTests;
  return { short: files.filter((file) => !isLong(file)), long: files.filter(isLong) };
}
