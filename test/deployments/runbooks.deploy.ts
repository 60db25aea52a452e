import { expect } from 'chai';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { findKubectl } from '../charts/support/helm.ts';
import { type RunningService, startRunningService } from '../runbooks/running-service.ts';
import { blocksIn, placeOf, type RunbookBlock, readRunbooks } from '../support/runbooks.ts';
import { onRealStore } from '../support/stores.ts';
import { cleanUpWhenInterrupted } from './support/interruption.ts';
import { causeIncidents } from './support/runbook-incidents.ts';
import { type Call, openStandInShell, type RunbookShell } from './support/runbook-shell.ts';
import { need } from './support/tools.ts';

const pages = readRunbooks();
const bashBlocks = blocksIn(pages, 'bash');
const readsLog = ({ text }: RunbookBlock): boolean => /kubectl logs[\s\S]*\| jq /.test(text);

const names = 'export NAMESPACE=auth-system APP=auth-service\n';

/** Command lines in sentences, as somebody copies them after a block, which has set the names. */
const inSentences = pages.flatMap(({ inlineCode, name }) =>
  inlineCode
    .filter(({ text }) => text.startsWith('kubectl ') && text.includes('$NAMESPACE'))
    .map(({ line, text }) => ({
      page: name,
      section: 'in a sentence',
      language: 'bash',
      line,
      text: `${names}${text}\n`,
    })),
);

/** Each different text once, with the places that have it. */
function differentTexts(
  blocks: readonly RunbookBlock[],
): Map<string, { block: RunbookBlock; places: string }> {
  const found = new Map<string, { block: RunbookBlock; places: string }>();
  for (const block of blocks) {
    const before = found.get(block.text);
    found.set(block.text, { block, places: [...(before ? [before.places] : []), placeOf(block)].join(', ') });
  }
  return found;
}

/** How many command lines of kubectl a block has. */
const callsOf = ({ text }: RunbookBlock): number => text.match(/(?:^|\$\(|\|)\s*kubectl /gm)?.length ?? 0;

/** What bash, jq, psql and npm write when a command line is wrong. */
const mistakes =
  /command not found|syntax error|jq: error|unbound variable|stand-in for kubectl|\bERROR: {2}|error: unknown|npm (?:error|ERR)/;

const say = (text: string): void => void process.stdout.write(`    ${text}\n`);

/** SQL as somebody pastes it into psql. Replace the example of a process id, which could be that of another session. */
const pasted = blocksIn(pages, 'sql')
  .map(({ text }) => text.replace('pg_terminate_backend(12345)', 'pg_terminate_backend(2147483647)'))
  .join('');

onRealStore('The blocks of the runbooks, in a terminal', (stores) => {
  let service: RunningService;
  let shell: RunbookShell;
  const calls: Call[] = [];
  const cleanup = createCleanup();
  before(async function () {
    this.timeout(900_000);
    need(this, 'jq', 'the Debian package jq');
    need(this, 'psql', 'the Debian package postgresql-client');
    if (!findKubectl()) {
      say('skipped, because there is no kubectl for this machine');
      this.skip();
    }
    cleanUpWhenInterrupted();
    service = await startRunningService(stores());
    cleanup.add(service.close);
    shell = openStandInShell(service, await causeIncidents(service, stores()));
    cleanup.add(shell.close);
  });
  after(() => cleanup.run());

  for (const { block, places } of differentTexts([...bashBlocks, ...inSentences]).values())
    it(`${places} (${block.section})`, function () {
      this.timeout(120_000);
      const outcome = shell.run(block.text, pasted);
      calls.push(...outcome.calls);
      const report = `${block.text}\n${outcome.stdout}\n${outcome.stderr}`;
      expect(mistakes.exec(outcome.stderr)?.[0], report).to.equal(undefined);
      expect(outcome.calls.length, report).to.equal(callsOf(block));
      if (readsLog(block)) expect(outcome.stdout, report).to.not.equal('');
    });

  it('ran every command line, or had it parsed by kubectl', () => {
    const linesOf = (state: Call['state']): string[] => [
      ...new Set(calls.filter((call) => call.state === state).map(({ commandLine }) => commandLine)),
    ];
    expect(linesOf('refused')).to.deep.equal([]);
    const [ran, parsed] = [linesOf('ran'), linesOf('parsed')];
    expect(ran.length).to.be.above(40);
    say(
      `${bashBlocks.length} blocks; ${ran.length} command lines of kubectl ran with the real program, log and stores:`,
    );
    for (const line of ran) say(`  ran     ${line.slice(0, 160)}`);
    say(`${parsed.length} command lines need a cluster and were parsed by kubectl:`);
    for (const line of parsed) say(`  parsed  ${line.slice(0, 160)}`);
  });

  const planted: readonly [title: string, script: string, mistake: RegExp][] = [
    [
      'an option that kubectl does not have',
      'kubectl get pods -n "$NAMESPACE" --sort=.x',
      /unknown flag: --sort/,
    ],
    [
      'a program that the image does not have',
      'kubectl exec deploy/"$APP" -- psql',
      /the image has no program psql/,
    ],
    [
      'an option that the service does not have',
      'kubectl exec deploy/"$APP" -- auth-service doctor --onyl x',
      /unknown option/,
    ],
    [
      'a function that jq does not have',
      'kubectl logs deploy/"$APP" | jq -R "from_json"',
      /jq: error: from_json\/0/,
    ],
    [
      'a column that does not exist',
      'echo "select ip_address from login_histories;" | psql "$RUNBOOK_DATABASE_URL"',
      /ERROR: {2}column "ip_address"/,
    ],
  ];
  for (const [title, script, mistake] of planted)
    it(`would not pass with ${title}`, function () {
      this.timeout(60_000);
      const { stderr } = shell.run(`${names}${script}\n`);
      expect(stderr).to.match(mistake).and.match(mistakes);
    });
});
