import { expect } from 'chai';
import { entries, isSecret } from '../../app/config/config.ts';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { configKey } from '../../charts-ts/kubernetes/settings.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import type { Loose } from './support/synthesized.ts';
import { ofOtherValues } from './value-examples/extra-config.ts';

/** Variables whose value is a file, which a container has only by further volumes. */
const ofFiles = [
  ...['DB_CA_FILE', 'REDIS_CA_FILE', 'JWT_REVOKED_KEYS_FILE', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
  ...['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CLIENT_KEY'],
];

/** Values for production of variables without a default, or whose default is for development. */
const values: Readonly<Record<string, string>> = {
  HOST: '0.0.0.0',
  GOOGLE_CLOUD_PROJECT: 'my-project',
  CORS_ALLOWED_ORIGINS: '["https://app.example.com"]',
  DB_TLS: 'verified',
  DB_CA: '',
  REDIS_CA: '',
  JWT_REVOKED_KEYS: 'none',
  DB_SERVICE_ROLE: 'auth_service',
  PASSWORD_BREACH_URL: 'https://api.pwnedpasswords.com/range',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  HASH_CONCURRENCY: '1',
  OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
};

const plain = entries.filter((entry) => !isSecret(entry));

describe('charts: extraConfig', () => {
  it('takes every variable of docs/configuration.md that is no secret, no file and no other value', async () => {
    const names = plain
      .map(({ name }) => name)
      .filter((name) => ![...ofOtherValues, ...ofFiles].includes(name));
    const textOf = (name: string): string => {
      const { fallback } = plain.find((entry) => entry.name === name) as { fallback?: unknown };
      return values[name] ?? (typeof fallback === 'string' ? fallback : '');
    };
    const missing = names.filter((name) => values[name] === undefined && textOf(name) === '');
    expect(missing, 'variables without a value in this test').to.deep.equal([]);
    const given = Object.fromEntries(names.map((name) => [name, textOf(name)]));
    const text = `extraConfig=${JSON.stringify(given)}`;
    const files = await checkedManifests(
      loadValues('eks', { files: [], sets: [{ kind: 'set-json', text }] }),
    );
    const objects: Loose[] = files.flatMap((file) => file.objects);
    // The name of the ConfigMap ends with a hash of its content.
    const { data } = objects.find(({ metadata }) => /^auth-service-config\b/.test(metadata.name));
    for (const name of names.filter((one) => given[one] !== ''))
      expect(data, name).to.have.property(configKey(name), given[name]);
  });

  it('gives each variable a key of its own in the ConfigMap', () => {
    const keys = plain.map(({ name }) => configKey(name));
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
