import { expect } from 'chai';
import { acceptedRows, namedPaths, paths, pathsOfRow, valueExamples } from './value-examples/examples.ts';

// test/deployments/value-examples.deploy.ts synthesizes each example on each cloud.
describe('charts: examples of values', () => {
  it('exist for every path of the schema, in test/charts/value-examples or in a row of an unusual cluster', async () => {
    const having = new Set([
      ...valueExamples().map(({ path }) => path),
      ...(await acceptedRows()).flatMap(pathsOfRow),
    ]);
    expect(paths.map(({ path }) => path).filter((path) => !having.has(path))).to.deep.equal([]);
  });

  it('name no path that the schema does not have', () => {
    const known = new Set(paths.map(({ path }) => path));
    expect(namedPaths().filter((path) => !known.has(path))).to.deep.equal([]);
  });
});
