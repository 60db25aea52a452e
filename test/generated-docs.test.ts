import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { documents } from '../tools/docs/documents.ts';

describe('generated documents', () => {
  for (const { path, text } of documents) {
    it(`${path} is what npm run docs writes`, () => {
      expect(readFileSync(path, 'utf8')).to.equal(text());
    });
  }
});
