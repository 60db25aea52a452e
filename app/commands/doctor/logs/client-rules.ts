import { rulesOf } from './log-rule.ts';

/** nginx, browsers, and the answers that clients show. */
export const clientRules = rulesOf([
  [
    'nginx-refused',
    /connect\(\) failed \(111/,
    'failed',
    'nginx reaches no service: it is stopped or listens on another port',
    'Start the service; compare PORT with the upstream',
    'service-ready',
    'AuthServiceDown',
  ],
  [
    'nginx-timeout',
    /upstream timed out/,
    'failed',
    'The service did not answer nginx in time',
    'Look for a slow store or a full hash queue',
    'service-ready',
    'AuthLatencyBudgetBurnFast',
  ],
  [
    'nginx-no-upstream',
    /no live upstreams/,
    'failed',
    'nginx takes every replica for failed',
    'Check the replicas',
    'service-ready',
    'AuthServiceDown',
  ],
  [
    'nginx-closed',
    /upstream prematurely closed connection|recv\(\) failed \(104/,
    'warning',
    'The service closed a connection that nginx wanted to use again',
    'Set KEEP_ALIVE_TIMEOUT longer than keepalive_timeout of the upstream',
  ],
  [
    'nginx-header',
    /upstream sent too big header/,
    'warning',
    'A header is larger than the buffer of nginx',
    'Raise proxy_buffer_size',
  ],
  [
    'nginx-certificate',
    /SSL_do_handshake\(\) failed|cannot load certificate/,
    'failed',
    'TLS of nginx fails',
    'Check its certificate and key',
  ],
  [
    'cors-blocked',
    /blocked by CORS policy/,
    'failed',
    'A page of an origin that is not in CORS_ALLOWED_ORIGINS calls the API',
    'Add the origin exactly as the browser sends it',
    'cors-origins',
  ],
  [
    'token-invalid',
    /\b[Ii]nvalid token\b|\binvalid_token\b|JsonWebTokenError|JWSSignatureVerificationFailed/,
    'failed',
    'A token is refused: wrong key or algorithm, issuer or audience, an expired token, or a revoked session',
    'Compare algorithm, issuer and audience of the verifier; check the clocks',
    'jwt-algorithm',
  ],
]);
