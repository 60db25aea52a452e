import { accountEndpoints } from './features/accounts/endpoints.ts';
import { administrationEndpoints } from './features/administration/endpoints.ts';
import { auditEndpoints } from './features/audit/endpoints.ts';
import { discoveryEndpoints } from './features/discovery/endpoints.ts';
import { documentationEndpoints } from './features/documentation/endpoints.ts';
import { healthEndpoints } from './features/health/endpoints.ts';
import { loginEndpoints } from './features/login/endpoints.ts';
import { loginHistoryEndpoints } from './features/login-history/endpoints.ts';
import { metricsEndpoints } from './features/metrics/endpoints.ts';
import { passwordEndpoints } from './features/passwords/endpoints.ts';
import { registrationEndpoints } from './features/registration/endpoints.ts';
import { roleEndpoints } from './features/roles/endpoints.ts';
import { sessionEndpoints } from './features/sessions/endpoints.ts';
import { stepUpEndpoints } from './features/step-up/endpoints.ts';
import { tokenEndpoints } from './features/tokens/endpoints.ts';
import { createOpenApi } from './http/openapi/openapi.ts';
import type { Endpoint } from './http/route/endpoint.ts';

const features = [
  registrationEndpoints,
  loginEndpoints,
  stepUpEndpoints,
  sessionEndpoints,
  tokenEndpoints,
  passwordEndpoints,
  accountEndpoints,
  loginHistoryEndpoints,
  administrationEndpoints,
  roleEndpoints,
  auditEndpoints,
  healthEndpoints,
  discoveryEndpoints,
];

/** Everything that the endpoints of all features need: TypeScript infers the intersection of their parameters. */
export type Services = (typeof features)[number] | typeof metricsEndpoints extends (
  services: infer Each,
) => unknown
  ? Each
  : never;

/** The whole route table. The OpenAPI document is made from that of the API, so that none of it is served undocumented. */
export function createEndpoints(services: Services): readonly Endpoint[] {
  const api = features.flatMap((endpoints) => endpoints(services));
  const documentation = documentationEndpoints(() => createOpenApi(api, services.version));
  return [...api, ...documentation, ...metricsEndpoints(services)];
}
