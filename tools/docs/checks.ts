import type { CheckInfo } from '../../app/commands/checks/check.ts';
import { doctorChecks } from '../../app/commands/doctor/checks/doctor-checks.ts';
import { verifyChecks } from '../../app/commands/verify/private-checks.ts';

/** The tables of checks, by the command that runs them. */
export const checkTables: readonly { readonly command: string; readonly checks: readonly CheckInfo[] }[] = [
  { command: 'auth-service verify', checks: verifyChecks },
  { command: 'auth-service doctor', checks: doctorChecks },
];

const head = `# Checks

\`npm run docs\` writes this page from the tables of checks in \`app/commands/\`.

\`auth-service verify URL\` verifies a deployment from outside: it sends at most 40 requests, and creates one account
(\`verify-…@verify.invalid\`), which it deletes at the end. With \`--read-only\` it creates nothing. \`--db\`, \`--redis\` and
\`--k8s\` add what is visible from inside only.

\`\`\`bash
auth-service verify https://api.yourdomain.com
auth-service verify https://api.yourdomain.com --read-only --wait 5m --expect-version 1.0.0
auth-service verify https://api.yourdomain.com --only tls-expiry,health -o short
auth-service verify https://api.yourdomain.com --cleanup
\`\`\`

\`auth-service doctor\` finds out what is wrong with the configuration, and with everything that it names and that can be
reached from where the doctor runs. It needs no right beyond those of the service, goes on after a faulty value, and prints no
secret. It changes nothing: only the checks \`redis-rights\` and \`redis-writable\` write keys, which expire within a second. A
firewall that drops packets costs three seconds for each server.

\`\`\`bash
auth-service doctor
auth-service doctor --pre --replicas 8 --public-url https://api.yourdomain.com
auth-service doctor --only schema-behind -o json
auth-service doctor --from-logs auth-service.log
\`\`\`

\`--pre\` leaves out what only a deployment has. \`--from-logs FILE\` (or \`-\`) explains a log of the service, Postgres, Redis,
nginx, \`kubectl logs\` or \`kubectl describe\` of any size: what a line means, how often it occurs, the first and the last time,
and the check that looks for the cause. It prints no part of the log but times, and it exits with 1 if a line shows a failure.

- The id of a check never changes, and never belongs to another check. It is the heading here and the name in every report.
- √ passed, ‼ warning, × failed, - skipped with the reason. The exit status is 1 if a check failed, in every format
  (\`-o table|short|json|junit\`), and 0 with warnings only.
- \`--only IDS\` runs these checks and those that they need. \`--skip IDS\` leaves checks out. \`--list\` runs none.
- \`--wait DURATION\` repeats failed checks until they pass. The time is one deadline for the whole run. Checks that change
  something are not repeated.
- A check is skipped if a check that it needs has failed: correct the failed check first.
- A run that was killed leaves its account. \`--cleanup\` deletes it, from the files in \`--state-dir\`.
- On a loopback address, plain HTTP and \`ENV=development\` are skipped and no failure.
- \`--ca FILE\` trusts a CA of your own, \`--resolve HOST:ADDRESS\` verifies before the DNS record changes, \`--origin\` names
  an origin that must be allowed, \`--expect-environment\` and \`--expect-issuer\` what a staging system has.
`;

const needsText = ({ needs = [] }: CheckInfo): string =>
  needs.length === 0 ? '' : ` Needs ${needs.map((id) => `[${id}](#${id})`).join(', ')}.`;

const section = (check: CheckInfo): string =>
  `\n### ${check.id}\n\n**${check.title}.**${needsText(check)}\n\n${check.documentation}\n`;

function tableText({ checks, command }: (typeof checkTables)[number]): string {
  const categories = [...new Set(checks.map(({ category }) => category))];
  const rows = categories.map((category) => {
    const links = checks.filter((check) => check.category === category).map(({ id }) => `[${id}](#${id})`);
    return `| ${category} | ${links.join(', ')} |\n`;
  });
  const index = `| category | checks |\n|---|---|\n${rows.join('')}`;
  return `\n## Checks of ${command}\n\n${index}${checks.map(section).join('')}`;
}

/** docs/checks.md: one heading for each check, whose anchor is its id. */
export const checksPage = (): string => head + checkTables.map(tableText).join('');
