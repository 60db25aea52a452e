import { expect } from 'chai';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { failedExpectations, groupsOfAlerts } from '../charts/support/days/days.ts';
import { outageExpectations, outages } from '../charts/support/days/outages.ts';
import { valuesOf } from '../charts/support/synthesized.ts';
import { needs, toolPath } from '../support/debian-tool.ts';

const values = valuesOf('eks', 'backup.enabled=true,backup.claim=auth-backups');
const groups = groupsOfAlerts(ruleGroups(values));

describe('charts: simulated outages', () => {
  (toolPath('promtool') ? it : it.skip)(
    needs('promtool', 'of Redis are no page and one ticket, and of Postgres one page'),
    function () {
      this.timeout(60_000);
      const failed = failedExpectations({
        groups,
        values,
        scenario: outages,
        expectations: outageExpectations,
      });
      expect(failed).to.equal('');
    },
  );
});
