import { expect } from 'chai';
import { authority } from '../../app/commands/listen-address.ts';

describe('The printed address of a listener', () => {
  const cases: readonly [host: string | undefined, text: string][] = [
    [undefined, 'localhost:8000'],
    ['::', 'localhost:8000'],
    ['0.0.0.0', 'localhost:8000'],
    ['::1', '[::1]:8000'],
    ['10.0.0.7', '10.0.0.7:8000'],
    ['auth.internal', 'auth.internal:8000'],
  ];
  for (const [host, text] of cases) {
    it(`is ${text} with HOST=${host}`, () => expect(authority(host, 8000)).to.equal(text));
  }
});
