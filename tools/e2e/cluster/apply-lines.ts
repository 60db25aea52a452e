/**
 * kubectl says `configured` for every PodDisruptionBudget, because its selector has the patch strategy `replace`: kubectl sends it
 * with every apply, and the server changes nothing.
 */
const alwaysConfigured = /^poddisruptionbudget\.policy\/\S+ configured$/;

const linesOf = (output: string): string[] => output.trim().split('\n');

/** The lines of `kubectl apply` for objects that it has not created. */
export const notCreated = (output: string): string[] =>
  linesOf(output).filter((line) => !line.endsWith(' created'));

/** The lines of `kubectl apply` for objects that it has changed. */
export const changedLines = (output: string): string[] =>
  linesOf(output).filter((line) => !line.endsWith(' unchanged') && !alwaysConfigured.test(line));
