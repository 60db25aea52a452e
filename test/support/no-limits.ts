import { expect } from 'chai';
import type { RateLimits } from '../../app/http/route/rate-limits.ts';
import type { StepUp } from '../../app/http/route/step-up.ts';

/** No rate limits, for an application without stores. */
export const noLimits: RateLimits = {
  refusalDelay: 0,
  isBlocked: () => false,
  refuseBlocked: () => expect.fail('nothing is blocked'),
  enforce: async () => undefined,
};

/** No step-up authentication, for an application without stores. */
export const noStepUp: StepUp = { check: () => undefined, record: async () => undefined };
