import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Tree } from '../../charts-ts/values/merge.ts';
import { applySet, type SetKind } from '../../charts-ts/values/set-flag.ts';
import { findHelm } from './support/helm.ts';

type Flag = readonly [kind: SetKind, text: string];

/** Flags that Helm and synth must read alike. Every flag has keys of its own, so that one run of Helm reads them all. */
const sameFlags: readonly Flag[] = [
  ['set', 'nested.b.c=x,second=y'],
  ['set', 'list[0]=x'],
  ['set', 'gap[1].n=x'],
  ['set', 'matrix[0][1]=x'],
  ['set', 'comma=x\\,y'],
  ['set', 'dot.kubernetes\\.io/role=auth'],
  ['set', 'brace=\\{x\\},closing=x}y'],
  ['set', 'equals=b=c'],
  ['set', 'escaped\\=key=c,escaped\\[0\\]=d'],
  ['set', 'backslash=x\\\\y'],
  ['set', 'items={x,2,true,null}'],
  ['set', 'escapedItem={x\\,y,z}'],
  ['set', 'nestedList[0]={x,y}'],
  ['set', 'whole=1,negative=-5,zero=0,yes=true,no=false,none=null,empty='],
  ['set', 'zeros=01,fraction=1.5,exponent=1e3,hex=0x10,large=123456789012345678901'],
  ['set', 'quoted="x",space=x y,leading= x,bracket=[1]'],
  ['set', 'twice.a=1,twice.a=2'],
  ['set', 'merged[0].b=1,merged[0].c=2'],
  ['set', 'replaced={x,y},replaced[0]=z'],
  ['set-string', 'text=1,flag=true,nothing=null,texts={1,2}'],
  ['set-json', 'json={"b":[1,2]}'],
  ['set-json', 'deep.json=[1,{"c":null}]'],
];

/** Flags that Helm reads in a way that surprises: the flag, the value of Helm and the value of synth. */
const differentFlags: readonly (readonly [flag: Flag, helm: Tree, synth: Tree])[] = [
  [['set', 'noItems={}'], { noItems: [''] }, { noItems: [] }],
  [['set', 'spaced={x, y}'], { spaced: ['x', ' y'] }, { spaced: ['x', 'y'] }],
  [['set', 'upper=True,plus=+5'], { upper: true, plus: 5 }, { upper: 'True', plus: '+5' }],
];

/** Flags that both reject. */
const rejectedFlags: readonly Flag[] = [
  ['set', 'a'],
  ['set', 'a=1,b'],
  ['set', 'a[x]=1'],
  ['set', 'a[-1]=x'],
  ['set', 'a[100000]=x'],
  ['set', 'a.=1'],
  ['set', 'a..b=1'],
  ['set-json', 'a={'],
];

function readWithSynth(flags: readonly Flag[]): unknown {
  const tree: Tree = {};
  for (const [kind, text] of flags) applySet(tree, kind, text, () => '');
  return JSON.parse(JSON.stringify(tree));
}

describe('charts: --set and Helm', function () {
  // Unpacks a binary of 60 MB once.
  this.timeout(60_000);
  const helm = findHelm();
  let chart = '';

  before(function () {
    if (!helm) this.skip();
    chart = mkdtempSync(join(tmpdir(), 'set-flag-'));
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: a\nversion: 1.0.0\n');
    writeFileSync(join(chart, 'templates', 'values.yaml'), '{{ toJson .Values }}\n');
  });
  after(() => chart && rmSync(chart, { recursive: true }));

  function readWithHelm(flags: readonly Flag[]): unknown {
    const args = flags.flatMap(([kind, text]) => [`--${kind}`, text]);
    const output = execFileSync(helm ?? '', ['template', 'a', chart, ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return JSON.parse(output.slice(output.indexOf('{')));
  }

  it('are read alike', () => {
    expect(readWithSynth(sameFlags)).to.eql(readWithHelm(sameFlags));
  });

  it('are read differently where Helm would surprise', () => {
    const flags = differentFlags.map(([flag]) => flag);
    expect(readWithHelm(flags)).to.eql(Object.assign({}, ...differentFlags.map(([, value]) => value)));
    expect(readWithSynth(flags)).to.eql(Object.assign({}, ...differentFlags.map(([, , value]) => value)));
  });

  for (const flag of rejectedFlags) {
    it(`both reject --${flag.join(' ')}`, () => {
      expect(() => readWithSynth([flag])).to.throw(`--${flag[0]}`);
      expect(() => readWithHelm([flag])).to.throw('failed parsing');
    });
  }

  it('are rejected by synth where Helm ignores a mistake', () => {
    for (const text of ['=1', '.a=1', 'a=x,', '']) {
      expect(() => readWithSynth([['set', text]])).to.throw('--set');
      expect(() => readWithHelm([['set', text]])).not.to.throw();
    }
  });
});
