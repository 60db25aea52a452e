/**
 * The server answered, but the configuration forbids sending it a password or a query. Only the operator can change
 * that, so at the start of a command the error becomes a ConfigError.
 */
export class TransportError extends Error {
  readonly code = 'TRANSPORT_REFUSED';
  /** The server offers no TLS. The `cause` of a refused certificate is the error of Node.js. */
  readonly lacksTls: boolean;

  /** @param reason what is wrong, and what the operator can do, as whole sentences */
  constructor(reason: string, { lacksTls = false, ...options }: ErrorOptions & { lacksTls?: boolean } = {}) {
    super(reason, options);
    this.name = 'TransportError';
    this.lacksTls = lacksTls;
  }
}
