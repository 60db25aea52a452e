/**
 * Files of test/deployments that take minutes on two free cores: simulated days, drills in real time, a month of data, each block
 * of the runbooks. CI stops the tests of deployments after 40 minutes and does not run these. `npm run test:deployments:long` does.
 */
export const longTests: readonly string[] = [
  'alert-days.deploy.ts',
  'alert-drills-paging.deploy.ts',
  'alert-drills.deploy.ts',
  'dashboard-speed.deploy.ts',
  'runbooks.deploy.ts',
];

/** Divides the files of the folder. */
export function byLength(files: readonly string[]): { readonly short: string[]; readonly long: string[] } {
  const isLong = (file: string): boolean => longTests.includes(file);
  return { short: files.filter((file) => !isLong(file)), long: files.filter(isLong) };
}
