import { expect } from 'chai';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { promtool } from '../charts/support/promtool.ts';
import { valuesOf } from '../charts/support/synthesized.ts';
import { needs, toolPath } from '../support/debian-tool.ts';

const labels = 'namespace="auth-system",job="auth-service"';

/** Requests of a pod a minute, of which the errors begin after two hours. */
const requests = (pod: string, kind: string, ok: number, errors: number) => {
  const of = `${labels},pod="${pod}",class="${kind}"`;
  return {
    [`http_requests_total{${of},result="ok"}`]: `0+${ok}x240`,
    [`http_requests_total{${of},result="error"}`]: `0x119 0+${errors}x120`,
  };
};

const login = `${labels},pod="a",method="POST",route="/api/v1/auth/login",status="200"`;
const series = {
  ...requests('a', 'authentication', 594, 6),
  ...requests('b', 'authentication', 600, 0),
  ...requests('a', 'token_check', 6_000, 0),
  [`http_request_duration_seconds_count{${login}}`]: '0+60x240',
  [`http_request_duration_seconds_bucket{${login},le="0.25"}`]: '0+57x240',
};

(toolPath('promtool') ? describe : describe.skip)(
  needs('promtool', 'charts: error budgets of 30 days'),
  () => {
    it('are the shares of bad requests of all pods since the rules are evaluated', () => {
      const share = (expr: string, value: number, more = '') => ({
        // Four digits: the samples of the first minutes and of the last ones are no whole windows.
        expr: `round(${expr}, 0.0005)`,
        eval_time: '4h',
        exp_samples: [{ labels: `{${labels}${more}}`, value }],
      });
      const groups = ruleGroups(valuesOf('eks')).filter(({ name }) => name.includes('-budget-'));
      expect(groups).to.have.length(2);
      const errors = (kind: string) => `auth:request_error_ratio:rate30d{class="${kind}"}`;
      const test = {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          // Six of 1,200 a minute in the second half.
          share(errors('authentication'), 0.0025, ',class="authentication"'),
          share(errors('token_check'), 0, ',class="token_check"'),
          share('auth:authentication_slow_ratio:rate30d', 0.05),
        ],
      };
      const { ok, output } = promtool(['test', 'rules', 'test.yaml'], {
        'rules.yaml': { groups: groups.map(({ name, rules }) => ({ name, rules })) },
        'test.yaml': {
          rule_files: ['rules.yaml'],
          evaluation_interval: '5m',
          group_eval_order: groups.map(({ name }) => name),
          tests: [test],
        },
      });
      expect(ok, output).to.equal(true);
    });
  },
);
