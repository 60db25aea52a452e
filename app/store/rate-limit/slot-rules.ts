/** Times are whole milliseconds. */
export interface SlotRules {
  /** One slot opens after each interval. It can be used once, for two intervals. */
  readonly interval: number;
  /** Number of draws that one entry takes part in. */
  readonly draws: number;
  /**
   * Time that a network is asked to wait with its next entry after one without success. A guesser who does not wait spends
   * all entries while many networks compete, and the owner comes when they are spent.
   */
  readonly rest: number;
  /** Number of networks that can wait for the draws of one account: the newest. */
  readonly waiting: number;
  /** Time after the first entry for an account until its entries are counted anew. */
  readonly period: number;
  /** Entries of one network for one account, in a period. */
  readonly perNetwork: number;
  /** Entries of one address block for one account, in a period. */
  readonly perBlock: number;
}

/** Who asks for a slot of which account, as keys. `account` is a MAC in base64url; none contains a space. */
export interface Applicant {
  readonly account: string;
  readonly network: string;
  readonly block: string;
}

export interface SlotResult {
  /** Milliseconds until the network should come again; 0 if a slot is now used; null if the network has used its entries. */
  readonly opensIn: number | null;
  /** Frees the slot that was used, and gives the entry back. Call it once. Never rejects. */
  refund(): Promise<void>;
}
