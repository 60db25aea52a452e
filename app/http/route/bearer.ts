/** The scheme is case-insensitive (RFC 9110 section 11.1); the token is RFC 6750's b64token. */
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** The token in an Authorization header, or null. */
export const bearerToken = (authorization: string): string | null => bearer.exec(authorization)?.[1] ?? null;
