import { endpoint } from '../../http/route/endpoint.ts';

export function tokenEndpoints() {
  return [
    endpoint(
      'GET /api/v1/auth/verify',
      {
        summary: 'Check an access token, for gateways',
        access: 'user',
        audience: 'internal',
        objective: 'token_check',
        answers: {
          204: {
            description: 'The token is valid',
            headers: {
              'X-User-Id': 'Id of the user',
              'X-User-Roles': 'Roles, separated by commas',
              'X-Session-Id': 'Id of the session',
            },
          },
        },
      },
      ({ caller }) => ({
        headers: {
          'X-User-Id': caller.user.id,
          'X-User-Roles': caller.user.roles.join(','),
          'X-Session-Id': caller.sessionId,
        },
      }),
    ),
  ];
}
