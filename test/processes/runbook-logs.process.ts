import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { guesser, logOfIncidents } from '../runbooks/incident-log.ts';
import { needs, toolPath } from '../support/debian-tool.ts';
import { blocksIn, placeOf, type RunbookBlock, readRunbooks } from '../support/runbooks.ts';
import { onRealStore } from '../support/stores.ts';

/** Events that need a process that starts or crashes, or a lost connection. test/deployments/runbooks.deploy.ts has them. */
const eventsOfProcesses = [
  'crashed',
  'limits',
  'migration_waits',
  'port_kept',
  'port_not_kept',
  'postgres_back',
  'postgres_lost',
  'public_key',
  'redis_back',
  'redis_lost',
  'signing_key',
  'state_copy_refused',
];

const readsLog = ({ text }: RunbookBlock): boolean => /kubectl logs[\s\S]*\| jq /.test(text);

/** The events that a block selects. */
const eventsOf = ({ text }: RunbookBlock): string[] =>
  [...text.matchAll(/\.event == "(\w+)"|\(signing_key\|public_key\)/g)].map(
    ([, event = 'signing_key']) => event,
  );

const [endOfBlock, endOfOutput] = ['\x1e', '\x1f'];

/** What each block prints if `kubectl logs` prints the log and every other program nothing, and what it writes as an error. */
function runBlocks(blocks: readonly RunbookBlock[], log: string) {
  const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
  try {
    const file = join(folder, 'service.log');
    writeFileSync(file, log);
    const silent = ['npm', 'curl', 'psql'].map((program) => `${program}() { :; }`);
    const kubectl = 'kubectl() { case " $* " in *" logs "*) cat "$LOG" ;; esac; }';
    const bodies = blocks.map(
      ({ text }) => `( ${text} ) 2>errors; printf '${endOfOutput}'; cat errors; printf '${endOfBlock}'`,
    );
    const { stdout } = spawnSync('bash', ['--norc', '-c', [...silent, kubectl, ...bodies].join('\n')], {
      cwd: folder,
      env: { PATH: process.env.PATH, LOG: file, POD: 'auth-service-1' },
      encoding: 'utf8',
    });
    const results = stdout.split(endOfBlock).slice(0, -1);
    return results.map((result) => {
      const [printed = '', errors = ''] = result.split(endOfOutput);
      return { printed, errors };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const describeWithJq = toolPath('jq')
  ? onRealStore
  : (title: string) => describe.skip(title, () => undefined);

describeWithJq(needs('jq', 'The log queries of the runbooks'), (stores) => {
  const blocks = blocksIn(readRunbooks(), 'bash').filter(readsLog);
  const isOfProcesses = (block: RunbookBlock): boolean =>
    eventsOf(block).length > 0 && eventsOf(block).every((event) => eventsOfProcesses.includes(event));
  let log: string;
  /** What each block printed, in the order of `blocks`. */
  let results: ReturnType<typeof runBlocks>;
  before(async function () {
    this.timeout(180_000);
    log = await logOfIncidents(stores());
    results = runBlocks(blocks, log);
  });

  /** What the first block of a section prints. */
  function printedBy(page: string, section: string): string {
    const index = blocks.findIndex((block) => block.page === page && block.section === section);
    return results[index]?.printed ?? '';
  }

  it('print what they look for', () => {
    expect(blocks.length).to.be.above(30);
    const faults = blocks.flatMap((block, index) => {
      const { errors = '', printed = '' } = results[index] ?? {};
      if (errors) return [`${placeOf(block)}: ${errors}`];
      return printed === '' && !isOfProcesses(block) ? [`${placeOf(block)}: prints nothing`] : [];
    });
    expect(faults).to.deep.equal([]);
  });

  it('name events of processes only where a test with processes runs them', () => {
    const left = new Set(blocks.filter(isOfProcesses).flatMap(eventsOf));
    const events = new Set(
      log
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).event),
    );
    expect([...left].filter((event) => events.has(event))).to.deep.equal([]);
  });

  it('count the guesses of each address, the most frequent first', () => {
    const [first = ''] = printedBy('AuthPasswordGuessing', 'First look').split('\n').slice(0, 1);
    expect(first).to.match(new RegExp(`^ *4 ${guesser.replaceAll('.', '\\.')}$`));
    const [stuffing = ''] = printedBy('AuthCredentialStuffing', 'First look').split('\n');
    expect(stuffing).to.match(new RegExp(`^ *3 ${guesser.replaceAll('.', '\\.')}$`));
  });

  it('show which requests fail, and with which error of Postgres', () => {
    const failed = printedBy('AuthAvailabilityBudgetBurnFast', 'First look');
    expect(failed).to.match(/^ *1 \/api\/v1\/auth\/login\t500\t/m);
    expect(printedBy('AuthPostgresErrors', 'First look')).to.match(/^ *1 57014\tcanceling statement/m);
    expect(printedBy('AuthRequestsAborted', 'First look')).to.match(
      /^ *1 \/api\/v1\/auth\/login\t-\t(?:0|\d+00)$/m,
    );
  });

  it('show how logins end, and why sessions were ended', () => {
    const logins = printedBy('AuthLoginSuccessCollapsed', 'First look');
    expect(logins)
      .to.match(/401\tinvalid_credentials$/m)
      .and.match(/200\tsuccess$/m);
    expect(logins).to.match(/429\trate_limited$/m);
    expect(printedBy('AuthRefreshTokenReuse', 'First look')).to.match(/\treuse_old\t\S+\t\S+\n$/);
    expect(printedBy('AuthSessionAnomalies', 'First look'))
      .to.contain(`\t${guesser}\n`)
      .and.match(/\tended\t/);
  });

  it('would print nothing, or an error, with a mistake', () => {
    const [block] = blocks.filter(({ page }) => page === 'AuthCredentialStuffing');
    const changed = (from: string, to: string) => {
      const text = block?.text.replace(from, to) ?? '';
      expect(text).to.not.equal(block?.text);
      return runBlocks([{ page: '', section: '', language: 'bash', line: 1, text }], log)[0];
    };
    expect(changed('.reason', '.cause')).to.deep.equal({ printed: '', errors: '' });
    expect(changed('fromjson?', 'from_json')?.errors).to.contain('from_json/0 is not defined');
  });
});
