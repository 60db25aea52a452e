import { expect } from 'chai';
import { levelsOf, recordingsOf } from '../../tools/observability/recorded-past.ts';

const recording = (record: string, expr: string) => ({ record, expr, labels: {} });
const alert = { alert: 'A', expr: 'x > 1', for: '1m', labels: {}, annotations: {} };

describe('the recorded past', () => {
  it('evaluates a rule after the rules that it reads', () => {
    const groups = [
      { name: 'long', interval: '5m', rules: [recording('auth:b', 'sum_over_time(auth:a[30d])')] },
      {
        name: 'short',
        rules: [alert, recording('auth:a', 'rate(x[5m])'), recording('auth:c', 'auth:b / auth:a')],
      },
    ];
    const levels = levelsOf(recordingsOf(groups));
    expect(levels.map((level) => level.map(({ rule }) => rule.record))).to.deep.equal([
      ['auth:a'],
      ['auth:b'],
      ['auth:c'],
    ]);
  });

  it('knows the interval of a group', () => {
    const groups = [
      { name: 'long', interval: '5m', rules: [recording('a', 'x')] },
      { name: 'short', rules: [recording('b', 'y')] },
    ];
    expect(recordingsOf(groups).map(({ interval }) => interval)).to.deep.equal([300, undefined]);
  });

  it('refuses rules that read each other', () => {
    const rules = [recording('auth:a', 'auth:b'), recording('auth:b', 'auth:a')];
    expect(() => levelsOf(recordingsOf([{ name: 'circle', rules }]))).to.throw('auth:a, auth:b');
  });
});
