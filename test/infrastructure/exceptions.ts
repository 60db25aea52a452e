/** A test that cannot run in some cells. */
export interface Exception {
  /** The start of its full title, or of the titles of several. */
  readonly title: string;
  /** Names of cells. */
  readonly cells: readonly string[];
  /** Why, as a sentence. */
  readonly reason: string;
}

export const exceptions: readonly Exception[] = [];

/** The exceptions of one cell. */
export const exceptionsOf = (cell: string): readonly Exception[] =>
  exceptions.filter(({ cells }) => cells.includes(cell));
