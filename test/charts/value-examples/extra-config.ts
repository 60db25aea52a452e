import { entries, isSecret } from '../../../app/config/config.ts';
import type { ExampleBlock } from './example.ts';

/** The certificate of a CA that exists only here, and whose key does not exist. */
const certificate = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBgjCCASegAwIBAgIUbCFo/ChdcjgToFs6MwIUN320GLUwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAg',
  'Fw0yNjExMjcxNzMwMDhaGA8yMTI2MTEwMzE3MzAwOFowFTETMBEGA1UEAwwKRXhhbXBsZSBDQTBZMBMGByqGSM49AgEGCCqG',
  'SM49AwEHA0IABHxSU1s067IgcuwzsJ98K2mpXkeUGp0qxWJNqzZzAAaAuA16g5g7/BFnJr50PfufZy6ruBJlx/wbCgM7n+jO',
  'OkyjUzBRMB0GA1UdDgQWBBQH0h6bDxQH8R5ASaoILIRVEQ+M2jAfBgNVHSMEGDAWgBQH0h6bDxQH8R5ASaoILIRVEQ+M2jAP',
  'BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQC8y7moLFL9dQNwCpDt/bzutyRCZ7NpRMIaLQ65DFRnPwIhANZn',
  'mxQKJHVxGJT3O36lkOmKDAIjc6A1gRC80gDtKKKy',
  '-----END CERTIFICATE-----',
].join('\n');

/** Variables whose default depends on something else, or that have none. */
const examples: Readonly<Record<string, string | number>> = {
  HOST: '0.0.0.0',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
  GOOGLE_CLOUD_PROJECT: 'my-project',
  DB_CA: certificate,
  DB_CA_FILE: '/etc/ca.pem',
  DB_TLS: 'unverified',
  DB_SERVICE_ROLE: 'auth_app',
  REDIS_CA: certificate,
  REDIS_CA_FILE: '/etc/ca.pem',
  JWT_PUBLIC_KEYS_DIR: '/etc/keys',
  JWT_REVOKED_KEYS_FILE: '/etc/revoked',
  HASH_CONCURRENCY: 2,
  PASSWORD_BREACH_URL: 'https://breaches.example.com/range/',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.telemetry:4318',
};

const setByCharts = 'must be removed, because the charts set this variable from another value';
const noFile = 'cannot be read';

/** Variables that the charts set from other values. */
export const ofOtherValues: readonly string[] = [
  ...['ENV', 'LOG_LEVEL', 'LOG_FORMAT', 'PORT', 'METRICS_PORT', 'KEEP_ALIVE_TIMEOUT', 'ALLOWED_HOSTS'],
  ...['TRUSTED_PROXIES', 'DB_POOL_MAX', 'DB_PREPARE', 'JWT_ALGORITHM', 'JWT_ISSUER', 'JWT_AUDIENCE'],
  ...['JWT_PUBLIC_KEYS_DIR', 'DRAIN_DELAY', 'SHUTDOWN_TIMEOUT', 'READINESS_REQUIRES_POSTGRES', 'KEEPER_PORT'],
];

/** Variables that extraConfig refuses, and what synth says. */
const refused: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ofOtherValues.map((name) => [name, setByCharts])),
  DB_CA_FILE: noFile,
  REDIS_CA_FILE: noFile,
  JWT_REVOKED_KEYS_FILE: noFile,
};

/** Every variable of the service that is no secret, with its default or an example. */
const plain = Object.fromEntries(
  entries
    .filter((entry) => !isSecret(entry))
    .flatMap((entry): [string, unknown[]][] => {
      const fallback = 'fallback' in entry ? entry.fallback : undefined;
      const value = examples[entry.name] ?? (typeof fallback === 'string' ? fallback : undefined);
      return value === undefined ? [] : [[`extraConfig.${entry.name}`, [value]]];
    }),
);

export const extraConfig: ExampleBlock = {
  plain,
  special: {
    'extraConfig.RATE_LIMIT': ['off', false].map((value) => ({
      value,
      refused: 'must not be off in production',
    })),
  },
  refused: Object.fromEntries(
    Object.entries(refused).map(([name, reason]) => [`extraConfig.${name}`, reason]),
  ),
};
