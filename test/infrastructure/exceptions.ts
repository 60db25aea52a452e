/** A test that cannot run in some cells. */
export interface Exception {
  /** The start of its full title, or of the titles of several. */
  readonly title: string;
  /** Names of cells. */
  readonly cells: readonly string[];
  /** Why, as a sentence. */
  readonly reason: string;
}

export const exceptions: readonly Exception[] = [
  {
    title: 'a Redis whose answers come too late [real] delays one command',
    cells: ['redis-cluster', 'redis-sentinel'],
    reason:
      'The test delays one server with a proxy of its own. Clients of a cluster and of Sentinels receive the addresses of the servers from them, and would not use the proxy.',
  },
];

/** The exceptions of one cell. */
export const exceptionsOf = (cell: string): readonly Exception[] =>
  exceptions.filter(({ cells }) => cells.includes(cell));
