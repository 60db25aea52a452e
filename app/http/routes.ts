import type { Accounts } from '../domain/accounts.ts';
import type { Administration } from '../domain/administration.ts';
import type { Room } from '../domain/admission.ts';
import type { Directory } from '../domain/directory.ts';
import type { Login } from '../domain/login.ts';
import type { PasswordReset } from '../domain/password-reset.ts';
import type { PersonalData } from '../domain/personal-data.ts';
import type { Register } from '../domain/register.ts';
import type { Roles } from '../domain/roles.ts';
import type { Sessions } from '../domain/sessions.ts';
import type { SigningKeys } from '../domain/signing-keys.ts';
import type { Metrics } from '../observe/metrics.ts';
import { adminEndpoints } from './admin-endpoints.ts';
import { adminUserEndpoints } from './admin-user-endpoints.ts';
import { authEndpoints } from './auth-endpoints.ts';
import { docsEndpoints } from './docs-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { healthEndpoints } from './health-endpoints.ts';
import { jwksEndpoint } from './jwks-endpoint.ts';
import { meEndpoints } from './me-endpoints.ts';
import { createOpenApi } from './openapi.ts';

export interface Services {
  readonly register: Register;
  readonly login: Login;
  readonly sessions: Sessions;
  readonly resetPassword: PasswordReset;
  readonly room: Room;
  readonly accounts: Accounts;
  readonly personalData: PersonalData;
  readonly administration: Administration;
  readonly directory: Directory;
  readonly roles: Roles;
  readonly keys: SigningKeys;
  readonly metrics: Metrics;
  readonly health: Parameters<typeof healthEndpoints>[0];
}

/** The whole route table. The OpenAPI document is made from it, so an endpoint cannot be served undocumented. */
export function createRoutes(services: Services): readonly Endpoint[] {
  const api = [
    ...authEndpoints(services),
    ...meEndpoints(services),
    ...adminEndpoints(services),
    ...adminUserEndpoints(services.administration),
    ...healthEndpoints(services.health),
    jwksEndpoint(services.keys, services.metrics),
  ];
  return [...api, ...docsEndpoints(createOpenApi(api, services.health.version))];
}
