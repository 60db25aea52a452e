/** A patch that does not fit its target. The message begins with the path within the patch, such as `.spec.replicas: `. */
export class PatchError extends Error {}

/** `['spec', 'containers', 0]` → `.spec.containers[0]`. */
export const pathOf = (steps: readonly (string | number)[]): string =>
  steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
