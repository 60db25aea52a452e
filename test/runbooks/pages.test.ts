import { expect } from 'chai';
import { doctorChecks } from '../../app/commands/doctor/checks/doctor-checks.ts';
import type { Alert } from '../../charts-ts/monitoring/alerts/rule.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { valuesOf } from '../charts/support/synthesized.ts';
import { blocksIn, placeOf, type Runbook, readRunbooks } from '../support/runbooks.ts';

/** The first line of each block that uses the names of the installation. */
const names = `export NAMESPACE=\${NAMESPACE:-auth-system} APP=\${APP:-auth-service}`;

const sections = ['Meaning', 'Impact', 'First look', 'Diagnosis', 'Mitigation'];

/** Why a block cannot be copied for an installation of any name, or null. */
function namesFault(text: string): string | null {
  const usesNames = /\$(?:NAMESPACE|APP)\b/.test(text);
  const [first = '', ...rest] = text.split('\n');
  if (usesNames && first !== names) return 'does not begin with the names of the installation';
  if (/\bauth-system\b|-n auth|deploy\/auth/.test(rest.join('\n'))) return 'has a fixed name';
  return /^\s*kubectl (?!drain)/m.test(text) && !usesNames ? 'uses no name of the installation' : null;
}

describe('The runbooks', () => {
  const all = readRunbooks();
  const pages = all.filter(({ name }) => name !== 'README');
  const index = all.find(({ name }) => name === 'README');
  const groups = ruleGroups(valuesOf('eks', 'backup.enabled=true,backup.claim=auth-backups'));
  const alerts = groups.flatMap(({ rules }) => rules).filter((rule): rule is Alert => 'alert' in rule);

  it('have the severity of their alert', () => {
    for (const { alert, labels } of alerts) {
      const page = pages.find(({ name }) => name === alert);
      expect(page?.text, alert).to.contain(`\nSeverity: ${labels.severity}.`);
    }
  });

  it('have the same sections in the same order', () => {
    for (const page of pages) expect(page.sections, page.name).to.deep.equal(sections);
  });

  it('begin with one to three blocks that show what is hurt, and say when the problem is over', () => {
    for (const { blocks, name, text } of pages) {
      const first = blocks.filter(({ section }) => section === 'First look');
      expect(first.length, name).to.be.within(1, 3);
      const [, mitigation = ''] = text.split('\n## Mitigation\n');
      expect(mitigation, name).to.match(/\n\nThe problem is over when\s[\s\S]+\.\n$/);
    }
  });

  it('each have a command of kubectl and one of the service', () => {
    for (const { blocks, name } of pages) {
      const commands = blocks.filter(({ language }) => language === 'bash').map(({ text }) => text);
      expect(commands.join('\n'), name).to.match(/^ *kubectl /m);
      expect(commands.join('\n'), name).to.match(
        / auth-service (?:admin|config|doctor|health|keys|purge|sessions)\b|npm run /,
      );
    }
  });

  it('have blocks that can be copied for an installation of any name', () => {
    const faults = blocksIn(pages, 'bash').flatMap((block) => {
      const fault = namesFault(block.text);
      return fault ? [`${placeOf(block)} ${fault}`] : [];
    });
    expect(faults).to.deep.equal([]);
    expect(namesFault('kubectl get pods -n auth-system\n')).to.equal('uses no name of the installation');
    expect(namesFault(`${names}\nkubectl get pods -n auth-system -l app="$APP"\n`)).to.equal(
      'has a fixed name',
    );
    expect(namesFault('kubectl get pods -n "$NAMESPACE"\n')).to.contain('does not begin');
  });

  it('have no block of another language, because no test runs such a block', () => {
    const languages = all.flatMap(({ blocks }) => blocks.map(({ language }) => language));
    expect([...new Set(languages)].sort()).to.deep.equal(['bash', 'promql', 'sql']);
  });

  it('name checks of the doctor that exist', () => {
    const ids = new Set(doctorChecks.map(({ id }) => id));
    const named = blocksIn(pages, 'bash').flatMap((block) =>
      [...block.text.matchAll(/doctor --only ([\w,-]+)/g)].flatMap(([, list = '']) =>
        list.split(',').map((id) => ({ id, place: placeOf(block) })),
      ),
    );
    expect(named.length).to.be.above(30);
    expect(named.filter(({ id }) => !ids.has(id))).to.deep.equal([]);
  });

  it('are all in the index, under their severity', () => {
    const [, critical = '', warning = ''] = (index?.text ?? '').split(/^## (?:Pages|Tickets)$/m);
    const listed = (text: string): string[] =>
      [...text.matchAll(/^\| \[(\w+)\]\(\w+\.md\) \|/gm)].map(([, name = '']) => name);
    const of = (severity: string): string[] =>
      pages.filter(({ text }: Runbook) => text.includes(`\nSeverity: ${severity}.`)).map(({ name }) => name);
    expect(listed(critical).sort()).to.deep.equal(of('critical').sort());
    expect(listed(warning).sort()).to.deep.equal(of('warning').sort());
  });
});
