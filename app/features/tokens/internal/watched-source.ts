import { isDeepStrictEqual } from 'node:util';

/** Something made of files that change under the process. */
export interface Source<Content, Value> {
  read(): Promise<Content>;
  /** `boot` is true the first time, when nothing may be wrong. */
  parse(content: Content, boot: boolean): Promise<Value>;
}

export interface WatchedSource<Value> {
  /** The last one that could be made. */
  value(): Value;
  /** Reads again, and parses when the content differs. Never throws: the last value stays. */
  refresh(): Promise<void>;
}

/**
 * Reads a source once and again at each refresh.
 * @param onFault told once of each content that cannot be parsed, and once of a row of failing reads
 * @throws whatever the first read or parse throws
 */
export async function watchSource<Content, Value>(
  source: Source<Content, Value>,
  onFault: (error: unknown) => void,
): Promise<WatchedSource<Value>> {
  let content: Content = await source.read();
  let value: Value = await source.parse(content, true);
  let isFailing = false;

  async function takeUp(fresh: Content): Promise<void> {
    if (isDeepStrictEqual(fresh, content)) return;
    // Remembered even when it turns out unusable, so that each change is complained about once.
    content = fresh;
    try {
      value = await source.parse(fresh, false);
    } catch (error) {
      onFault(error);
    }
  }

  return {
    value: () => value,
    async refresh() {
      let fresh: Content;
      try {
        fresh = await source.read();
      } catch (error) {
        if (!isFailing) onFault(error);
        isFailing = true;
        return;
      }
      isFailing = false;
      await takeUp(fresh);
    },
  };
}
