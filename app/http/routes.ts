import type { Accounts } from '../features/accounts/accounts.ts';
import { meEndpoints } from '../features/accounts/endpoints.ts';
import type { PersonalData } from '../features/accounts/personal-data.ts';
import type { Administration } from '../features/administration/administration.ts';
import type { Directory } from '../features/administration/directory.ts';
import { adminEndpoints } from '../features/administration/list-endpoints.ts';
import { adminUserEndpoints } from '../features/administration/user-endpoints.ts';
import { jwksEndpoint } from '../features/discovery/endpoints.ts';
import { docsEndpoints } from '../features/documentation/endpoints.ts';
import { healthEndpoints } from '../features/health/endpoints.ts';
import { authEndpoints } from '../features/login/endpoints.ts';
import type { Login } from '../features/login/login.ts';
import type { HashQueue } from '../features/passwords/hash-queue.ts';
import type { PasswordReset } from '../features/passwords/password-reset.ts';
import type { Register } from '../features/registration/register.ts';
import type { Roles } from '../features/roles/roles.ts';
import type { Sessions } from '../features/sessions/sessions.ts';
import type { SigningKeys } from '../features/tokens/signing-keys.ts';
import type { Metrics } from '../observe/metrics.ts';
import { createOpenApi } from './openapi/openapi.ts';
import type { Endpoint } from './route/endpoint.ts';

export interface Services {
  readonly register: Register;
  readonly login: Login;
  readonly sessions: Sessions;
  readonly resetPassword: PasswordReset;
  readonly room: HashQueue;
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
