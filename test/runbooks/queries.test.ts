import { expect } from 'chai';
import { promtool } from '../charts/support/promtool.ts';
import { needs, toolPath } from '../support/debian-tool.ts';
import { knownSeries, queryFaults } from '../support/known-series.ts';
import { promqlIn, readRunbooks } from '../support/runbooks.ts';

/** promtool reads rules: each query is the expression of one, whose name leads back to its place. */
function parseAll(queries: readonly string[]) {
  const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
  return promtool(['check', 'rules', '--lint=none', 'rules.yaml'], {
    'rules.yaml': { groups: [{ name: 'runbooks', rules }] },
  });
}

describe('The PromQL queries of the runbooks', () => {
  const queries = promqlIn(readRunbooks());
  let known: Awaited<ReturnType<typeof knownSeries>>;
  before(async () => {
    known = await knownSeries();
  });

  it('are in blocks and in sentences', () => {
    expect(queries.length).to.be.above(80);
    expect(queries.map(({ query }) => query)).to.include('max(auth_postgres_pool_waiting)');
  });

  it('name series, labels and values of labels that the service, Kubernetes or Prometheus has', () => {
    const faults = queries.flatMap(({ place, query }) =>
      queryFaults(query, known).map((fault) => `${place}: ${fault}`),
    );
    expect(faults).to.deep.equal([]);
  });

  (toolPath('promtool') ? it : it.skip)(needs('promtool', 'can be parsed by Prometheus'), () => {
    const { ok, output } = parseAll(queries.map(({ query }) => query));
    const wrong = [...output.matchAll(/query:(\d+)/g)].map(([, index]) => queries[Number(index)]?.place);
    expect(ok, `${wrong.join(' ')}\n${output}`).to.equal(true);
  });

  const planted: readonly [query: string, fault: string][] = [
    ['auth_degrade == 1', 'there is no series auth_degrade'],
    ['sum(rate(auth_hash_wait_seconds[5m]))', 'there is no series auth_hash_wait_seconds'],
    ['auth_degraded{dependancy="redis"}', 'auth_degraded has no label dependancy'],
    ['auth_logins_total{reason="unknown_mail"}', 'auth_logins_total has no value unknown_mail of reason'],
    ['auth_refreshes_total{cause=~"reused_.+"}', 'auth_refreshes_total has no value reused_.+ of cause'],
    [
      'http_request_duration_seconds_count{route="/api/v1/login"}',
      'http_request_duration_seconds_count has no value /api/v1/login of route',
    ],
    ['sum by (class) (auth_lockouts_total)', 'no series has the label class'],
    ['kube_deployment_status_replicas_ready', 'there is no series kube_deployment_status_replicas_ready'],
  ];
  for (const [query, fault] of planted)
    it(`would not be accepted with a mistake: ${query}`, () => {
      expect(queryFaults(query, known)).to.deep.equal([fault]);
    });

  (toolPath('promtool') ? it : it.skip)(
    needs('promtool', 'would not be accepted with a missing parenthesis'),
    () => {
      expect(parseAll(['max(auth_degraded', 'up']).ok).to.equal(false);
    },
  );
});
