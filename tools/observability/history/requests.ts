/** One kind of request: its share of the traffic, and what it costs. */
export interface RequestKind {
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly class: 'authentication' | 'token_check' | 'other';
  readonly share: number;
  readonly status: string;
  /** Seconds: the median of its duration without the password hash. */
  readonly median: number;
  readonly queries: number;
  readonly commands: number;
  readonly hashes?: boolean;
  /** Works without Postgres, because its data is also in Redis or in memory. */
  readonly survivesPostgres?: boolean;
}

/** The traffic of gateways that check tokens, and of users who log in, refresh and look at their account. */
export const requestKinds: readonly RequestKind[] = [
  {
    method: 'GET',
    route: '/api/v1/auth/verify',
    class: 'token_check',
    share: 0.6,
    status: '200',
    median: 0.0021,
    queries: 0,
    commands: 1,
    survivesPostgres: true,
  },
  {
    method: 'GET',
    route: '/api/v1/users/me',
    class: 'other',
    share: 0.13,
    status: '200',
    median: 0.0038,
    queries: 1,
    commands: 1,
  },
  {
    method: 'GET',
    route: '/api/v1/auth/verify',
    class: 'token_check',
    share: 0.02,
    status: '401',
    median: 0.0009,
    queries: 0,
    commands: 0,
    survivesPostgres: true,
  },
  {
    method: 'POST',
    route: '/api/v1/auth/refresh',
    class: 'authentication',
    share: 0.1,
    status: '200',
    median: 0.0085,
    queries: 2,
    commands: 2,
  },
  {
    method: 'POST',
    route: '/api/v1/auth/login',
    class: 'authentication',
    share: 0.075,
    status: '200',
    median: 0.012,
    queries: 3,
    commands: 3,
    hashes: true,
  },
  {
    method: 'POST',
    route: '/api/v1/auth/login',
    class: 'authentication',
    share: 0.006,
    status: '401',
    median: 0.01,
    queries: 2,
    commands: 3,
    hashes: true,
  },
  {
    method: 'POST',
    route: '/api/v1/auth/register',
    class: 'authentication',
    share: 0.005,
    status: '201',
    median: 0.016,
    queries: 4,
    commands: 2,
    hashes: true,
  },
  {
    method: 'POST',
    route: '/api/v1/auth/logout',
    class: 'other',
    share: 0.024,
    status: '204',
    median: 0.0052,
    queries: 1,
    commands: 2,
  },
  {
    method: 'GET',
    route: '/api/v1/users/me/sessions',
    class: 'other',
    share: 0.02,
    status: '200',
    median: 0.0047,
    queries: 1,
    commands: 1,
  },
  {
    method: 'GET',
    route: '/.well-known/jwks.json',
    class: 'other',
    share: 0.02,
    status: '200',
    median: 0.0006,
    queries: 0,
    commands: 0,
    survivesPostgres: true,
  },
];
