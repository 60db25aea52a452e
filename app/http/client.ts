/** Where a request comes from, as far as the service can know: for session lists, login history and the audit log. */
export interface Client {
  /** The client's address behind trusted proxies, in its canonical form. */
  readonly ip: string;
  /** What limits count of it: the address itself, for IPv6 its /64. */
  readonly network: string;
  readonly userAgent: string | null;
  readonly requestId: string;
  /** As the browser's cookie presents it; unchecked. */
  readonly deviceToken: string | null;
}
