import { expect } from 'chai';
import { installationName } from '../../charts-ts/values/installation.ts';
import { objectsOf } from './support/neighbours/neighbour.ts';
import {
  foreignExpressions,
  foreignReferences,
  foreignSelections,
  sharedClaims,
} from './support/neighbours/shared.ts';
import { long, twentyInstallations } from './support/neighbours/twenty.ts';
import { documentsOf, variants } from './support/synthesized.ts';

const clouds = ['eks', 'gke', 'aks'] as const;

describe('charts: twenty installations of one cluster', () => {
  for (const cloud of clouds) {
    it(`write no object, file, rule group or secret of another one, on ${cloud}`, () => {
      expect(twentyInstallations(cloud)).to.have.length(20);
      expect(sharedClaims(twentyInstallations(cloud))).to.deep.equal([]);
    });

    it(`select their own pods and Services only, on ${cloud}`, () => {
      expect(foreignSelections(twentyInstallations(cloud))).to.deep.equal([]);
    });

    it(`refer to nothing that disappears with another one, on ${cloud}`, () => {
      const references = foreignReferences(twentyInstallations(cloud));
      // The Secrets and claims are the operator's, and their names are among the claims above.
      expect(references).to.deep.equal([]);
    });
  }

  it('alert on their own series only, and show no others', () => {
    expect(foreignExpressions(twentyInstallations('eks'))).to.deep.equal([]);
  });

  it('have names that the API server accepts', () => {
    const limits: Readonly<Record<string, number>> = { CronJob: 52, Job: 63, Service: 63, Gateway: 46 };
    for (const cloud of clouds)
      for (const { kind, metadata } of twentyInstallations(cloud).flatMap(objectsOf)) {
        const { generateName = '', labels = {}, name = generateName.slice(0, -1) } = metadata;
        expect(name.length, name).to.be.at.most(limits[kind] ?? 253);
        for (const [key, value] of Object.entries(labels))
          expect(String(value).length, key).to.be.at.most(63);
      }
  });

  it('have dashboards whose uids Grafana accepts', () => {
    const uids = twentyInstallations('eks')
      .flatMap(objectsOf)
      .flatMap(({ data = {} }) => Object.entries(data).filter(([file]) => file.endsWith('.json')))
      .map(([, text]) => JSON.parse(String(text)).uid);
    expect(uids).to.have.length(60);
    for (const uid of uids) expect(uid).to.match(/^[a-zA-Z0-9-]{1,40}$/);
  });
});

describe('charts: the name of an installation', () => {
  it('ends with no name of an object, so that no other installation has an object of the same name', () => {
    const rests = new Set(
      variants
        .flatMap(([cloud, ...sets]) => documentsOf(cloud, ...sets))
        .map(({ object }) => /^auth-service-(.+)$/.exec(object.metadata?.name ?? '')?.[1])
        .filter((rest) => rest !== undefined),
    );
    expect(rests.size).to.be.above(10);
    for (const rest of rests) expect(installationName.safeParse(`x-${rest}`).success, rest).to.equal(false);
  });

  it('is a DNS label of at most 36 characters, without what separates names', () => {
    for (const name of ['auth-service', 'a', 'a1', long('x'), 'auth-config-eu', 'secrets', 'auth-system'])
      expect(installationName.safeParse(name).success, name).to.equal(true);
    for (const name of [
      '',
      '1a',
      'a-',
      '-a',
      'A',
      'a.b',
      'a_b',
      'a--b',
      'system-auth',
      'auth-hpa',
      'x-public',
      'x-paths-2',
      'x-config-0123456789-hook',
      long('xy'),
    ])
      expect(installationName.safeParse(name).success, name).to.equal(false);
  });
});
