/** The client of a request, for session lists, login history, the audit log and rate limits. */
export interface Client {
  /** The client's address behind trusted proxies, in canonical form; `unknown` if the connection is already closed. */
  readonly ip: string;
  /** The unit of rate limits: the IPv4 address, or the /64 prefix of an IPv6 address. */
  readonly network: string;
  readonly userAgent: string | null;
  readonly requestId: string;
}
