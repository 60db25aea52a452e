import { expect } from 'chai';
import { createLruCache } from '../../app/store/lru-cache.ts';

describe('the cache of a limited number of entries', () => {
  it('discards the least recently used entry beyond its limit', () => {
    const cache = createLruCache<string>(3);
    for (const key of ['a', 'b', 'c']) cache.set(key, key);
    cache.get('a');
    cache.set('d', 'd');
    expect([...cache.keys()].sort()).to.deep.equal(['a', 'c', 'd']);
  });
});
