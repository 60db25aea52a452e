import type { Deployment } from '../harness/deployment.ts';
import { startDeployment } from '../harness/deployment.ts';
import type { Report } from '../harness/report.ts';
import type { Scenario } from '../harness/scenario.ts';
import { median, round } from '../harness/statistics.ts';
import {
  type AttackResult,
  attack,
  createOwner,
  guessWithForeignDevice,
  logInFromKnownDevice,
  scale,
} from './guessing-attack.ts';

const addressCounts = [1, 100, 10_000];
const mostGuesses = 30;
/** In minutes of the scaled hour: four draws and a rest, with jitter, and five times Retry-After in whole seconds. */
const longestWait = (4 * 4 + 16) * 1.25 + 5;

async function verified(deployment: Deployment): Promise<number> {
  const counts = await Promise.all(
    deployment.replicas.map((each) => each.metric('auth_hash_duration_seconds_count')),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

const guessesOf = ({ answers }: AttackResult): number => answers['401'] ?? 0;
const loginsOf = ({ waits }: AttackResult): number[] => waits.filter((wait) => wait !== null);

function printTable(report: Report, results: readonly AttackResult[]): void {
  const row = (cells: readonly (string | number)[]): string =>
    cells.map((cell) => String(cell).padStart(14)).join('');
  report.figure(
    'addresses   ',
    row(['guesses/hour', 'refused', 'owner logs in', 'median, min', 'worst, min']),
  );
  for (const result of results) {
    const waits = result.waits.map((wait) => wait ?? Number.POSITIVE_INFINITY);
    const [middle, worst] = [median(waits), Math.max(...waits)].map((wait) =>
      Number.isFinite(wait) ? round(wait) : 'never',
    );
    const logins = `${loginsOf(result).length} of ${waits.length}`;
    const refused = result.answers['429'] ?? 0;
    report.figure(
      String(result.addresses).padEnd(12),
      row([guessesOf(result), refused, logins, middle ?? '', worst ?? '']),
    );
  }
}

function checkResult(report: Report, result: AttackResult): void {
  const { addresses, waits } = result;
  const guesses = guessesOf(result);
  const title = `from ${addresses === 1 ? '1 address' : `${addresses} addresses`}`;
  report.check(`at most ${mostGuesses} guesses ${title} reach argon2`, guesses <= mostGuesses, `${guesses}`);
  // Nothing distinguishes the owner from the newest of 10,000 addresses.
  if (addresses > 100) return;
  const inTime = loginsOf(result).filter((wait) => wait <= longestWait);
  report.check(
    `each new device of the owner logs in within ${longestWait} minutes, against guesses ${title}`,
    inTime.length === waits.length && waits.length > 0,
    `${inTime.length} of ${waits.length}`,
  );
}

export const guessing: Scenario = {
  name: 'guessing',
  claim: `From ${addressCounts.join(', ')} addresses at most ${mostGuesses} guesses an hour reach argon2, and the owner can still log in`,
  async run(context) {
    const env = { RATE_LIMIT: 'on', RATE_LIMIT_SCALE: String(scale), TRUSTED_PROXIES: '127.0.0.1' };
    const deployment = await startDeployment(context, { replicas: 2, env });
    const { report } = context;
    const { urls } = deployment;
    const [url = '', second = ''] = urls;
    const owners = await Promise.all(addressCounts.map(() => createOwner(url)));
    const known = await createOwner(url);
    const before = await verified(deployment);
    const end = performance.now() + (context.quick ? 25_000 : 3_600_000 / scale);
    const [{ logins, attempts }, ...results] = await Promise.all([
      logInFromKnownDevice(url, known, known.device, end),
      attack(urls, known, 100, 90, end),
      ...addressCounts.map((addresses, n) => attack(urls, owners[n] ?? known, addresses, 60 + 2 * n, end)),
    ]);
    const attacks = results.slice(1);
    printTable(report, attacks);
    for (const result of attacks) checkResult(report, result);
    const counted = results.reduce(
      (sum, result) => sum + guessesOf(result) + loginsOf(result).length,
      logins,
    );
    const hashes = (await verified(deployment)) - before;
    report.check(
      'the metric of argon2 counts the same attempts',
      hashes === counted,
      `${hashes}, ${counted}`,
    );
    report.check(
      'the known device of an attacked owner can log in each time',
      logins === attempts && logins > 0,
      `${logins} of ${attempts}`,
    );
    const spent = await guessWithForeignDevice(second, known.device);
    report.check("a device token opens no other account's budget", spent.includes(429), spent.join(' '));
  },
};
