import { expect } from 'chai';
import {
  describeSeconds,
  drainSeconds,
  type PodTimes,
  recordLine,
  startSeconds,
} from '../../tools/e2e/cluster/pod-timeline.ts';
import { computedRollout } from '../../tools/e2e/cluster/rollout-time.ts';
import { imageOf } from '../../tools/e2e/installation/values.ts';
import { parseOptions, UsageError } from '../../tools/e2e/options.ts';
import { createReport, summaryOf } from '../../tools/e2e/report.ts';
import { complaintsIn, unknownKinds } from '../../tools/e2e/steps/manifests.ts';

describe('npm run e2e', () => {
  const names = ['install', 'rollout'];
  const needed = ['--image', 'auth-service:1.0.0', '--stores', 'stores'];
  const refusal = (args: readonly string[], env: NodeJS.Dict<string> = {}): string => {
    try {
      parseOptions(args, env, names);
    } catch (error) {
      if (error instanceof UsageError) return error.message.split('\n')[0] ?? '';
    }
    return 'was not refused';
  };

  it('takes the image and the stores from options or from the environment, and nothing else', () => {
    expect(parseOptions(needed, {}, names)).to.include({ image: 'auth-service:1.0.0', requests: 20_000 });
    const env = { KUBERNETES_IMAGE: 'a:1', KUBERNETES_STORES: 'b' };
    expect(parseOptions([], env, names)).to.include({ image: 'a:1', stores: 'b' });
    expect(refusal(['--stores', 'stores'])).to.equal('--image is missing');
    expect(refusal(['--image', 'a:1', '--redis-image', 'redis:8'])).to.match(/^--stores is missing/);
    expect(refusal([...needed, 'more'])).to.match(/^Unexpected argument/);
    expect(refusal([...needed, '--requests', '0'])).to.equal('--requests 0: must be a number above 0');
  });

  it('runs all steps, those of --only, or all but those of --skip, and refuses an unknown one', () => {
    expect(parseOptions(needed, {}, names).steps).to.deep.equal(names);
    expect(parseOptions([...needed, '--only', 'rollout'], {}, names).steps).to.deep.equal(['rollout']);
    expect(parseOptions([...needed, '--skip', 'rollout'], {}, names).steps).to.deep.equal(['install']);
    expect(refusal([...needed, '--only', 'rollouts'])).to.match(/^unknown step: rollouts\./);
  });

  it('reads a reference of an image with a registry, a port and a digest, and refuses one without a tag', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(imageOf(`localhost:5000/a/b:1.2@${digest}`)).to.deep.equal({
      ...{ repository: 'localhost:5000/a/b', tag: '1.2', digest },
    });
    expect(imageOf('auth-service:1.0.0')).to.include({ repository: 'auth-service', digest: null });
    expect(() => imageOf('localhost:5000/auth-service')).to.throw('must have a tag');
  });

  it('tells a kind that the cluster does not know from an object that the server refuses', () => {
    const stderr = [
      'resource mapping not found for name: "a" namespace: "b" from "c.yaml": no matches for kind "HTTPRoute" in version "x/v1"',
      'ensure CRDs are installed first',
      'Error from server (Invalid): error when creating "d.yaml": spec.replicas: Invalid value',
    ].join('\n');
    expect(unknownKinds(stderr)).to.deep.equal(['HTTPRoute']);
    expect(complaintsIn(stderr)).to.have.length(1);
    expect(complaintsIn(stderr)[0]).to.contain('Invalid value');
  });
});

describe('The timeline of pods', () => {
  it('measures the start until ready and the drain until gone', () => {
    const pods = new Map<string, PodTimes>();
    const lines: [number, string][] = [
      [0, 'ADDED|old||n1|True'],
      [1_000, 'ADDED|new|||'],
      [1_200, 'MODIFIED|new||n2|False'],
      [5_000, 'MODIFIED|new||n2|True'],
      [6_000, 'MODIFIED|old|2026-11-27T17:00:00Z|n1|True'],
      [9_000, 'MODIFIED|new||n2|True'],
      [47_500, 'DELETED|old|2026-11-27T17:00:00Z|n1|False'],
    ];
    for (const [now, line] of lines) recordLine(pods, line, now);
    expect(startSeconds([...pods.values()].filter(({ name }) => name === 'new'))).to.deep.equal([4]);
    expect(drainSeconds([...pods.values()])).to.deep.equal([41.5]);
    expect(pods.get('new')?.node).to.equal('n2');
    expect(describeSeconds([4, 3.5, 9])).to.equal('3.5–9 s (median 4 s of 3)');
    expect(describeSeconds([])).to.equal('none');
  });
});

describe('The summary of npm run e2e', () => {
  it('names the requests of each load, and what failed or was skipped', () => {
    const lines: string[] = [];
    const rollout = createReport('rollout', (line) => lines.push(line));
    const failures = [
      { at: '', connection: 'kept', reason: 'ECONNRESET' },
      { at: '', connection: 'kept', reason: 'ECONNRESET' },
    ] as const;
    rollout.requests('rollout', { sent: 20_000, seconds: 100, slowest: 80, failures });
    rollout.check('loses no request', false, '2 of 20000');
    const drain = createReport('drain', () => undefined);
    drain.skip('everything', 'the cluster has one node for pods');
    expect(summaryOf([rollout.outcome(100), drain.outcome(0, true)])).to.deep.equal([
      'step           seconds  requests lost',
      'rollout  FAIL      100  rollout: 2 of 20000',
      'drain    skip        0',
      'skipped: drain: everything: the cluster has one node for pods',
      'failed: rollout: loses no request (2 of 20000)',
    ]);
    expect(lines).to.include('       rollout: lost 2 of 20000 requests in 100 s, slowest answer 80 ms');
    expect(lines).to.include('         2 on a kept connection: ECONNRESET');
  });

  it('counts a step without a check as failed', () => {
    expect(createReport('rollout', () => undefined).outcome(1).verdict).to.equal('failed');
  });
});

describe('The computed time of a rollout', () => {
  const times = { start: 10, drain: 7 };
  const strategy = (maxSurge: number | string, maxUnavailable: number | string = 0) =>
    ({ type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }) as const;

  it('is one start and the time to be available for each wave, and the drain of the last one', () => {
    const spec = { replicas: 20, minReadySeconds: 10, strategy: strategy('25%') };
    expect(computedRollout(spec, times)).to.equal(4 * 20 + 7);
  });

  it('rounds the percentages as Kubernetes does', () => {
    expect(computedRollout({ replicas: 3, strategy: strategy('34%') }, times)).to.equal(2 * 10 + 7);
    expect(computedRollout({ replicas: 3, strategy: strategy(1, '34%') }, times)).to.equal(2 * 10 + 7);
  });
});
