/** A message of the server: a type byte, a length, and the body (PostgreSQL documentation, "Message Formats"). */
export interface Message {
  readonly type: string;
  readonly body: Buffer;
  /** The whole message as it was received. */
  readonly bytes: Buffer;
}

/** Bytes. libpq accepts as much from a server that is not authenticated yet, so that none can fill the memory. */
const maxBuffered = 30_000;

/** Reads the messages that arrive before a login is complete, one by one. */
export function createMessageReader() {
  let buffer = Buffer.alloc(0);
  let pending: { resolve(message: Message): void; reject(error: unknown): void } | undefined;

  function take(): Message | undefined {
    if (buffer.length > maxBuffered) throw new Error('the server sends too much before the login');
    if (buffer.length < 5) return undefined;
    const end = 1 + buffer.readUInt32BE(1);
    if (end < 5 || end > maxBuffered) throw new Error('the server does not use the protocol of Postgres');
    if (buffer.length < end) return undefined;
    const bytes = buffer.subarray(0, end);
    buffer = buffer.subarray(end);
    return { type: String.fromCharCode(bytes[0] ?? 0), body: bytes.subarray(5), bytes };
  }

  function settle(): void {
    if (!pending) return;
    const { resolve, reject } = pending;
    try {
      const message = take();
      if (!message) return;
      pending = undefined;
      resolve(message);
    } catch (error) {
      pending = undefined;
      reject(error);
    }
  }

  return {
    push(chunk: Buffer): void {
      // Nothing more is stored once the limit is exceeded: the next read fails.
      if (buffer.length <= maxBuffered) buffer = Buffer.concat([buffer, chunk]);
      settle();
    },
    /** Rejects when the server sends too much, or no message. Stays pending while no whole message has arrived. */
    next: (): Promise<Message> =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject };
        settle();
      }),
    /** The bytes that no message was read from yet. */
    rest: (): Buffer => buffer,
  };
}
