/** The statuses with which the program ends. 78 is EX_CONFIG of sysexits.h. */
export const exitStatuses = { done: 0, failed: 1, usage: 2, configuration: 78 } as const;
