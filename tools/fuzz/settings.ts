/** `npm run fuzz` sets them; see main.ts. `npm test` always sends the same few hundred requests, divided between the stores. */
export const isLong = process.env.FUZZ_RUNS !== undefined;
export const runs = Number(process.env.FUZZ_RUNS ?? 400);
export const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);
