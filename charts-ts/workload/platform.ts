/** What a platform gives the containers of the service. */
export interface Platform {
  /** The public name of the service, if synth knows it. */
  readonly host?: string;
  /** Names under which others reach the service within the platform. */
  readonly internalHosts: readonly string[];
  /** The proxies in front of the service, as TRUSTED_PROXIES names them. */
  readonly proxies: readonly string[];
  /** `http` is null where the platform itself sets PORT. `keeper` is that of a port keeper beside the service, if there is one. */
  readonly ports: {
    readonly http: number | null;
    readonly metrics: number | 'off';
    readonly keeper?: number;
  };
  /** Default: production. */
  readonly environment?: 'development';
  /** Whether the keys of JWT_ALGORITHM are mounted files or texts of variables. In development the service makes its own. */
  readonly keys: 'files' | 'texts' | 'generated';
  /** Paths in the container: files of CAs, which are texts of variables otherwise, and the folder of further public keys. */
  readonly files: {
    readonly databaseCa?: string;
    readonly redisCa?: string;
    readonly publicKeys?: string;
  };
  /** Whether the secret db-owner-url exists, which only the migration sees. */
  readonly hasOwnerSecret: boolean;
}
