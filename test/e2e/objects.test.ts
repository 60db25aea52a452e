import { expect } from 'chai';
import { changesOf, type KubeObject, keyOf, sharedKeys } from '../../tools/e2e/installation/objects.ts';

const object = (kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'auth', uid: `uid of ${name}`, ...metadata },
  ...rest,
});

describe('The objects of two installations', () => {
  it('are the same if group, kind, namespace and name are, in any version', () => {
    const one = { apiVersion: 'autoscaling/v1', kind: 'Any', metadata: { name: 'a', namespace: 'b' } };
    expect(keyOf(one)).to.equal('autoscaling/Any/b/a');
    expect(sharedKeys([one], [{ ...one, apiVersion: 'autoscaling/v2' }])).to.deep.equal([
      'autoscaling/Any/b/a',
    ]);
    expect(sharedKeys([one], [{ ...one, metadata: { name: 'a', namespace: 'c' } }])).to.deep.equal([]);
    expect(keyOf({ apiVersion: 'v1', kind: 'Any', metadata: { name: 'a' } })).to.equal('core/Any/a');
  });

  it('have not changed if only their status, their version and the managers of their fields have', () => {
    const before = [
      object('Service', 'a', { spec: { port: 1 }, status: { a: 1 } }, { resourceVersion: '1' }),
    ];
    const after = [
      object(
        'Service',
        'a',
        { spec: { port: 1 }, status: { a: 2 } },
        { resourceVersion: '2', managedFields: [] },
      ),
    ];
    expect(changesOf(before, after)).to.deep.equal([]);
  });

  it('have changed if content or metadata have, if they are gone, and if they are new ones of the same name', () => {
    const before = ['a', 'b', 'c', 'd'].map((name) => object('Service', name, { spec: { port: 1 } }));
    const after = [
      object('Service', 'a', { spec: { port: 2 } }),
      object('Service', 'b', { spec: { port: 1 } }, { labels: { app: 'other' } }),
      object('Service', 'd', { spec: { port: 1 } }, { uid: 'other' }),
    ];
    expect(changesOf(before, after)).to.deep.equal([
      'core/Service/auth/a has changed',
      'core/Service/auth/b has changed',
      'core/Service/auth/c is gone',
      'core/Service/auth/d is another object',
    ]);
  });
});
