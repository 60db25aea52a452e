/** An attempt that was counted and may go ahead. The caller calls one of the two, at most once; neither rejects. */
export interface CountedAttempt {
  /** The password was right: resets the budget of its device or network, and refunds the attempt to the account. */
  succeed(): Promise<void>;
  /** No password was checked: refunds every point. */
  refund(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

export const uncounted: CountedAttempt = { succeed: nothing, refund: nothing };

/** Several budgets' attempts as one. */
export const all = (attempts: readonly CountedAttempt[]): CountedAttempt => ({
  async succeed() {
    await Promise.all(attempts.map((each) => each.succeed()));
  },
  async refund() {
    await Promise.all(attempts.map((each) => each.refund()));
  },
});
