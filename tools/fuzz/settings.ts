/** `npm run fuzz` sets them; see command.ts. In `npm test` the same few hundred requests come every time. */
export const isLong = process.env.FUZZ_RUNS !== undefined;
export const runs = Number(process.env.FUZZ_RUNS ?? 400);
export const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);
