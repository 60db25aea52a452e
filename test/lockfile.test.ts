import { readFileSync } from 'node:fs';
import { expect } from 'chai';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('package-lock.json', () => {
  // `npm ci` refuses a lock file that lacks the binaries of other platforms, and `npm install` leaves out those that
  // the registry at hand did not offer.
  it('lists the binaries of every platform', () => {
    const packages: Readonly<Record<string, Locked>> = JSON.parse(
      readFileSync('package-lock.json', 'utf8'),
    ).packages;
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).to.deep.equal([]);
  });
});
