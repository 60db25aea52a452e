export class GateError extends Error {}
export async function checkManifests(_documents: unknown, _version: string): Promise<void> {}
