import { expect } from 'chai';
import { blocksIn, placeOf, readRunbooks } from '../support/runbooks.ts';
import { kubectl, kubectlOrThrow, needCluster } from './support/kubernetes.ts';
import { openClusterShell, type RunbookShell } from './support/runbook-shell.ts';

const NAMESPACE = process.env.NAMESPACE ?? 'auth-system';
const APP = process.env.APP ?? 'auth-service';
const ofNamespace = ['-n', NAMESPACE];

/** A node that does not exist: a drain would move everything else in the cluster as well. */
const NODE = 'no-such-node';

/** What a cluster for tests may lack. Each of these is printed. */
const tolerated: readonly RegExp[] = [
  /Metrics API not available/,
  /previous terminated container .* not found/,
  /doesn't have a resource type "(?:servicemonitor|prometheusrule)"/,
  /"no-such-node" not found/,
  /cronjobs\.batch "[\w-]+-backup" not found/,
  /(?:jobs\.batch|horizontalpodautoscalers\.autoscaling|ingresses\.networking\.k8s\.io|secrets) "[^"]+" not found/,
  /No resources found/,
];

const isError = (line: string): boolean =>
  /^(?:error|Error from server|Unable to connect)|command not found|jq: error|unknown (?:shorthand )?flag|error: unknown option/.test(
    line,
  );

const say = (text: string): void => void process.stdout.write(`    ${text}\n`);

describe('The blocks of the runbooks, in a cluster', () => {
  const blocks = blocksIn(readRunbooks(), 'bash').filter(({ page }) => page !== 'README');
  let shell: RunbookShell;
  before(function () {
    this.timeout(60_000);
    needCluster(this);
    if (kubectl(['get', 'deployment', APP, ...ofNamespace]).status !== 0) {
      say(`skipped, because the namespace ${NAMESPACE} has no Deployment ${APP}`);
      this.skip();
    }
    shell = openClusterShell({
      NAMESPACE,
      APP,
      NODE,
      KID: 'k'.repeat(43),
      URL: process.env.URL ?? 'http://127.0.0.1:1',
    });
  });
  after(() => shell?.close());

  /** The name of a pod that runs now: blocks delete pods and restart the Deployment. */
  function runningPod(): string {
    kubectlOrThrow(['rollout', 'status', ...ofNamespace, `deployment/${APP}`, '--timeout=5m']);
    const path = 'jsonpath={.items[0].metadata.name}';
    return kubectlOrThrow(['get', 'pods', ...ofNamespace, '-l', `app=${APP}`, '-o', path]);
  }

  for (const block of blocks)
    it(`${placeOf(block)} (${block.section})`, function () {
      this.timeout(1_200_000);
      const { stderr, stdout } = shell.run(`POD=${runningPod()}\n${block.text}`);
      const errors = stderr.split('\n').filter(isError);
      const known = errors.filter((line) => tolerated.some((pattern) => pattern.test(line)));
      for (const line of known) say(`tolerated: ${line}`);
      expect(
        errors.filter((line) => !known.includes(line)),
        `${block.text}\n${stdout}\n${stderr}`,
      ).to.deep.equal([]);
    });
});
