import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadValues, parseValues } from '../../charts-ts/values/load-values.ts';
import { mergeTrees, type Tree } from '../../charts-ts/values/merge.ts';
import { applySet, type SetKind } from '../../charts-ts/values/set-flag.ts';

function set(text: string, kind: SetKind = 'set', tree: Tree = {}): unknown {
  applySet(tree, kind, text, (path) => `content of ${path}`);
  return JSON.parse(JSON.stringify(tree));
}

describe('charts: --set', () => {
  it('writes nested keys and several pairs', () => {
    expect(set('a.b.c=x,d=y')).to.eql({ a: { b: { c: 'x' } }, d: 'y' });
  });

  it('writes list items by index and fills what lies before with null', () => {
    expect(set('a.b[0]=x')).to.eql({ a: { b: ['x'] } });
    expect(set('a[1].n=x')).to.eql({ a: [null, { n: 'x' }] });
    expect(set('a[0][1]=x')).to.eql({ a: [[null, 'x']] });
  });

  it('takes a backslash as escape of comma, dot, brace and equals sign', () => {
    expect(set('a=x\\,y')).to.eql({ a: 'x,y' });
    expect(set('nodeSelector.kubernetes\\.io/role=auth')).to.eql({
      nodeSelector: { 'kubernetes.io/role': 'auth' },
    });
    expect(set('a=\\{x\\}')).to.eql({ a: '{x}' });
    expect(set('a=b=c')).to.eql({ a: 'b=c' });
  });

  it('reads lists in braces', () => {
    expect(set('a={x,2,true}')).to.eql({ a: ['x', 2, true] });
    expect(set('a={}')).to.eql({ a: [''] });
  });

  it('types whole numbers, booleans and null, and leaves all else text', () => {
    expect(set('a=1,b=true,c=null,d=01,e=1.5,f=')).to.eql({
      a: 1,
      b: true,
      c: null,
      d: '01',
      e: '1.5',
      f: '',
    });
  });

  it('keeps text with --set-string, reads files with --set-file and JSON with --set-json', () => {
    expect(set('a=1,b=true', 'set-string')).to.eql({ a: '1', b: 'true' });
    expect(set('a=ca.pem', 'set-file')).to.eql({ a: 'content of ca.pem' });
    expect(set('a={"b":[1,2]}', 'set-json')).to.eql({ a: { b: [1, 2] } });
  });

  it('keeps all characters with --set-literal', () => {
    expect(set('a.b=x,c={y}\\', 'set-literal')).to.eql({ a: { b: 'x,c={y}\\' } });
  });

  it('refuses what is not key=value', () => {
    expect(() => set('a')).to.throw('--set a: a has no value');
    expect(() => set('a[x]=1')).to.throw('--set a[x]=1: an index must be a number');
    expect(() => set('a=1,a.b=2')).to.throw('--set a=1,a.b=2: a is not a map');
    expect(() => set('a={x')).to.throw('--set a={x: the list must end with }');
  });
});

describe('charts: values', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'values-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function file(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  it('merge maps and replace lists', () => {
    const merged = mergeTrees({ a: { b: 1, c: 2 }, l: [1, 2] }, { a: { c: 3 }, l: [4] });
    expect(JSON.parse(JSON.stringify(merged))).to.eql({ a: { b: 1, c: 3 }, l: [4] });
  });

  it('take the cloud over the defaults, later files over earlier, flags over files, --set-string over --set', () => {
    const files = [
      file('a.yaml', 'logLevel: debug\nreplicas: 4\nimage: {tag: 2.0.0}'),
      file('b.yaml', 'replicas: 5\npodLabels: {team: a}'),
    ];
    const values = loadValues('gke', {
      files,
      sets: [
        { kind: 'set-string', text: 'podLabels.team=b' },
        { kind: 'set', text: 'podLabels.team=c,replicas=6' },
      ],
    });
    expect(values.rollout.keepAliveTimeout).to.equal('620s');
    expect(values.logLevel).to.equal('debug');
    expect(values.image.tag).to.equal('2.0.0');
    expect(values.replicas).to.equal(6);
    expect(values.podLabels).to.eql({ team: 'b' });
  });

  it('lose a default that is set to null, in a file or by flag', () => {
    const inFile = loadValues('eks', {
      files: [file('a.yaml', 'autoscaling: {memoryUtilization: null}')],
      sets: [],
    });
    expect(inFile.autoscaling).not.to.have.property('memoryUtilization');
    const byFlag = loadValues('eks', {
      files: [],
      sets: [{ kind: 'set', text: 'autoscaling.memoryUtilization=null' }],
    });
    expect(byFlag.autoscaling).not.to.have.property('memoryUtilization');
  });

  it('name every fault at once with its path', () => {
    expect(() => parseValues({ cloud: 'eks', replicas: 'x', nonsense: 1 }))
      .to.throw()
      .with.property('message')
      .that.matches(/^replicas: must be a number$/m)
      .and.matches(/^nonsense: is not a known key$/m)
      .and.matches(/^image: is required$/m);
  });
});
