/** Where a request comes from, as far as the service can know: for session lists, login history and the audit log. */
export interface Client {
  /** The client's address behind trusted proxies, in its canonical form. */
  readonly ip: string;
  readonly userAgent: string | null;
  readonly requestId: string;
}
