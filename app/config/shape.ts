import type { Secret } from './reader.ts';
import type { Algorithm, logLevels } from './variables.ts';

/** All durations are milliseconds. `null` where the embedded part stands in. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly dataDir: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly metricsPort: number;
    readonly keepAliveTimeout: number;
    readonly allowedHosts: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly trustedProxies: readonly string[];
  };
  readonly database: {
    readonly url: Secret | null;
    readonly replicaUrl: Secret | null;
    readonly caFile: string | undefined;
    /** sslmode of a URL that names none. */
    readonly sslMode: 'disable' | 'require' | 'verify-full';
    readonly poolMax: number;
    readonly prepare: boolean;
    readonly timeout: number;
  };
  readonly redis: { readonly url: Secret | null };
  readonly jwt: {
    readonly algorithm: Algorithm;
    readonly privateKey: Secret | null;
    readonly publicKey: Secret | null;
    readonly publicKeysDir: string | undefined;
    readonly secret: Secret | null;
    readonly previousSecret: Secret | null;
    readonly issuer: string;
    readonly audience: string;
  };
  readonly sessions: {
    readonly accessTokenTtl: number;
    readonly refreshTokenTtl: number;
    readonly maxAge: number;
  };
  readonly hashing: {
    readonly memoryKib: number;
    readonly time: number;
    readonly parallelism: number;
    readonly concurrency: number;
    readonly queueMax: number;
  };
  readonly limits: { readonly enabled: boolean; readonly scale: number };
  readonly shutdown: { readonly drainDelay: number; readonly timeout: number };
  /** Base URL of the collector; undefined turns tracing off. */
  readonly tracing: { readonly endpoint: string | undefined };
  readonly logLevel: (typeof logLevels)[number];
}
