import { entries, isSecret } from '../../../app/config/config.ts';
import type { Example, ExampleBlock } from './example.ts';

/** Variables whose default depends on something else, or that have none. */
const examples: Readonly<Record<string, string | number>> = {
  HOST: '0.0.0.0',
  LOG_LEVEL: 'info',
  DB_CA: '/etc/ca.pem',
  DB_CA_FILE: '/etc/ca.pem',
  DB_TLS: 'unverified',
  DB_SERVICE_ROLE: 'auth_app',
  REDIS_CA: '/etc/ca.pem',
  REDIS_CA_FILE: '/etc/ca.pem',
  JWT_PUBLIC_KEYS_DIR: '/etc/keys',
  JWT_REVOKED_KEYS_FILE: '/etc/revoked',
  HASH_CONCURRENCY: 2,
  PASSWORD_BREACH_URL: 'https://breaches.example.com/range/',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.telemetry:4318',
};

const setByCharts = 'must be removed, because the charts set this variable from another value';
const noFile = 'cannot be read';

/** Variables that extraConfig refuses, and what synth says. */
const refused: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'ENV',
      'LOG_LEVEL',
      'PORT',
      'METRICS_PORT',
      'KEEP_ALIVE_TIMEOUT',
      'ALLOWED_HOSTS',
      'CORS_ALLOWED_ORIGINS',
      'TRUSTED_PROXIES',
      'DB_POOL_MAX',
      'DB_PREPARE',
      'REDIS_TLS',
      'JWT_ALGORITHM',
      'JWT_ISSUER',
      'JWT_AUDIENCE',
      'JWT_PUBLIC_KEYS_DIR',
      'DRAIN_DELAY',
      'SHUTDOWN_TIMEOUT',
    ].map((name) => [name, setByCharts]),
  ),
  DB_CA_FILE: noFile,
  REDIS_CA_FILE: noFile,
  JWT_REVOKED_KEYS_FILE: noFile,
};

/** Every variable of the service that is no secret, with its default or an example. */
const special = Object.fromEntries(
  entries
    .filter((entry) => !isSecret(entry))
    .flatMap((entry): [string, Example[]][] => {
      const fallback = 'fallback' in entry ? entry.fallback : undefined;
      const value = examples[entry.name] ?? (typeof fallback === 'string' ? fallback : undefined);
      if (value === undefined) return [];
      const reason = refused[entry.name];
      return [[`extraConfig.${entry.name}`, [{ value, ...(reason && { refused: reason }) }]]];
    }),
);

export const extraConfig: ExampleBlock = { plain: {}, special };
