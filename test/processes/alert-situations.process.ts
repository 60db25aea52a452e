import { expect } from 'chai';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { testAlerts, testName } from '../charts/support/alert-tests.ts';
import { promtool } from '../charts/support/promtool.ts';
import { situations } from '../charts/support/situations.ts';
import { valuesOf } from '../charts/support/synthesized.ts';
import { needs, toolPath } from '../support/debian-tool.ts';

const groups = ruleGroups(valuesOf('eks', 'backup.enabled=true,backup.claim=auth-backups'));

(toolPath('promtool') ? describe : describe.skip)(
  needs('promtool', 'charts: alert rules in Prometheus'),
  () => {
    it('are valid in every cloud', () => {
      const files = Object.fromEntries(
        (['eks', 'gke', 'aks'] as const).map((cloud) => [
          `${cloud}.yaml`,
          { groups: ruleGroups(valuesOf(cloud)) },
        ]),
      );
      const { ok, output } = promtool(['check', 'rules', ...Object.keys(files)], files);
      expect(ok, output).to.equal(true);
    });

    let results: ReturnType<typeof testAlerts>;
    before(function () {
      this.timeout(120_000);
      results = testAlerts(groups, situations);
    });

    for (const [alert, cases] of Object.entries(situations)) {
      for (const [index, { fires, when }] of cases.entries()) {
        it(`${alert} ${fires ? 'fires when' : 'stays silent when'} ${when}`, () => {
          expect(results.succeeded, results.faults).to.include(testName(alert, index));
        });
      }
    }
  },
);
