import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { markdownFiles } from '../support/markdown.ts';
import { acceptedRows, namedPaths, paths, pathsOfRow, valueExamples } from './value-examples/examples.ts';

/** The documents of Kubernetes. Those of the other targets name values of their own, and the changelog also those that are gone. */
const documents = markdownFiles().filter(
  (file) => file !== 'CHANGELOG.md' && !/^docs\/(deploy|decisions)\//.test(file),
);

// test/deployments/value-examples.deploy.ts synthesizes each example on each cloud.
describe('charts: examples of values', () => {
  it('exist for every path of the schema, in test/charts/value-examples or in a row of an unusual cluster', async () => {
    const having = new Set([
      ...valueExamples().map(({ path }) => path),
      ...(await acceptedRows()).flatMap(pathsOfRow),
    ]);
    expect(paths.map(({ path }) => path).filter((path) => !having.has(path))).to.deep.equal([]);
  });

  it('exist for every value that the documents name', () => {
    const [known, keys] = [
      paths.map(({ path }) => path),
      new Set(paths.map(({ path }) => path.split('.')[0])),
    ];
    const isKnown = (name: string) =>
      known.some((path) => path === name || path.startsWith(`${name}.`) || name.startsWith(`${path}.`));
    const named = documents.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/`([a-z]\w*(?:\.[A-Za-z][\w-]*)+)(?:=[^`]*)?`/g)]
        .map(([, name = '']) => name)
        .filter((name) => keys.has(name.split('.')[0]) && !/\.(conf|yaml|ts)$/.test(name))
        .map((name) => ({ file, name })),
    );
    expect(named).to.have.length.above(50);
    expect(named.filter(({ name }) => !isKnown(name))).to.deep.equal([]);
  });

  it('name no path that the schema does not have', () => {
    const known = new Set(paths.map(({ path }) => path));
    expect(namedPaths().filter((path) => !known.has(path))).to.deep.equal([]);
  });
});
