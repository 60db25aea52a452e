import { accountEndpoints } from './features/accounts/endpoints.ts';
import { administrationEndpoints } from './features/administration/endpoints.ts';
import { discoveryEndpoints } from './features/discovery/endpoints.ts';
import { documentationEndpoints } from './features/documentation/endpoints.ts';
import { healthEndpoints } from './features/health/endpoints.ts';
import { loginEndpoints } from './features/login/endpoints.ts';
import { loginHistoryEndpoints } from './features/login-history/endpoints.ts';
import { passwordEndpoints } from './features/passwords/endpoints.ts';
import { registrationEndpoints } from './features/registration/endpoints.ts';
import { roleEndpoints } from './features/roles/endpoints.ts';
import { sessionEndpoints } from './features/sessions/endpoints.ts';
import { tokenEndpoints } from './features/tokens/endpoints.ts';
import { createOpenApi } from './http/openapi/openapi.ts';
import type { Endpoint } from './http/route/endpoint.ts';

/** Everything that the endpoints of all features need. */
export type Services = Parameters<typeof registrationEndpoints>[0] &
  Parameters<typeof loginEndpoints>[0] &
  Parameters<typeof sessionEndpoints>[0] &
  Parameters<typeof passwordEndpoints>[0] &
  Parameters<typeof accountEndpoints>[0] &
  Parameters<typeof loginHistoryEndpoints>[0] &
  Parameters<typeof administrationEndpoints>[0] &
  Parameters<typeof roleEndpoints>[0] &
  Parameters<typeof healthEndpoints>[0] &
  Parameters<typeof discoveryEndpoints>[0];

/** The whole route table. The OpenAPI document is made from it, so that no endpoint is served undocumented. */
export function createEndpoints(services: Services): readonly Endpoint[] {
  const api = [
    ...registrationEndpoints(services),
    ...loginEndpoints(services),
    ...sessionEndpoints(services),
    ...tokenEndpoints(),
    ...passwordEndpoints(services),
    ...accountEndpoints(services),
    ...loginHistoryEndpoints(services),
    ...administrationEndpoints(services),
    ...roleEndpoints(services),
    ...healthEndpoints(services),
    ...discoveryEndpoints(services),
  ];
  return [...api, ...documentationEndpoints(createOpenApi(api, services.version))];
}
