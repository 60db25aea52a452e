import { expect } from 'chai';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { failedExpectations, ownLines, summaryOf } from '../charts/support/days/days.ts';
import { outages } from '../charts/support/days/outages.ts';
import { valuesOf } from '../charts/support/synthesized.ts';
import { alertsOf, allAlerts } from '../deployments/support/drills/installation.ts';
import { onlyAlerts } from '../deployments/support/drills/scaled-rules.ts';
import { needs, toolPath } from '../support/debian-tool.ts';

const values = valuesOf('eks', allAlerts);
/** A ticket about a slow budget remains after an outage, because what the outage used of the budget is used. */
const names = alertsOf(ruleGroups(values))
  .map(({ alert }) => alert)
  .filter((name) => !name.endsWith('BudgetBurnSlow'));
const groups = onlyAlerts(ruleGroups(values), new Set(names));
const order = groups.map(({ name }) => name);

/** Prometheus evaluates each group at a time of its own within an interval, so a consequence may be evaluated before its cause. */
for (const [title, groupOrder] of [
  ['causes are evaluated first', order],
  ['consequences are evaluated first', [...order].reverse()],
] as const)
  (toolPath('promtool') ? describe : describe.skip)(
    needs('promtool', `charts: simulated outages, where ${title}`),
    function () {
      this.timeout(600_000);
      let output = '';
      before(() => {
        output = failedExpectations({
          ...{ groups, values, ...outages, order: groupOrder },
        });
      });

      for (const expectation of outages.expectations)
        it(summaryOf(expectation), () => {
          expect(ownLines(output, expectation)).to.equal('');
        });

      it('were evaluated without a fault', () => {
        expect(output).to.equal('');
      });
    },
  );
