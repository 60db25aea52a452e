import {
  defaultFindings,
  findingsOfValues,
  type ScannerFinding,
  type ScannerName,
  scannerVersions,
} from '../../charts-ts/gate/scanner-findings.ts';

const names = Object.entries(scannerVersions);
const compared = names.filter(([, version]) => version !== null);
const others = names.filter(([, version]) => version === null).map(([name]) => name);
const isCompared = (name: string): boolean => compared.some(([one]) => one === name);

const head = `# Findings of scanners

\`npm run docs\` writes this page from \`charts-ts/gate/scanner-findings.ts\`. It lists what scanners of manifests report about the
output of the charts, and why the charts leave it.

\`test/deployments/scanners.deploy.ts\` runs ${compared.map(([name, version]) => `${name} ${version}`).join(' and ')} on the output of all clouds, with all optional checks, and compares
their findings with the first table. It fails if one is missing here, and if one no longer occurs.
${others.slice(0, -1).join(', ')} and ${others.at(-1)} were not run. What the tables say of them follows from the documentation of their checks.
`;

function row({ ids, reason, where = '' }: ScannerFinding): string {
  const checks = (among: (name: string) => boolean): string =>
    // reason: Object.entries types its keys as string.
    (Object.entries(ids) as [ScannerName, readonly string[]][])
      .filter(([name]) => among(name))
      .map(([name, list]) => `${name} ${list.map((id) => `\`${id}\``).join(', ')}`)
      .join('; ');
  return `| ${checks(isCompared)} | ${checks((name) => !isCompared(name))} | ${where} | ${reason} |`;
}

function table(title: string, findings: readonly ScannerFinding[]): string {
  const lines = [
    '| compared by the test | not run | where | reason |',
    '|---|---|---|---|',
    ...findings.map(row),
  ];
  return `\n## ${title}\n\n${lines.join('\n')}\n`;
}

const foot = `
Some scanners contradict each other. \`preStop.sleep\` is not used, because Kubernetes 1.28 drops it and the process drains by
itself. The gate checks what the scanners have in common ([charts-ts/README.md](../charts-ts/README.md#the-gate)).
`;

/** docs/scanners.md */
export function scannersPage(): string {
  return [
    head,
    table('Of the default values', defaultFindings),
    table('Of other values', findingsOfValues),
    foot,
  ].join('');
}
