import { isDeepStrictEqual } from 'node:util';

/** A value that is read from files which may change while the process runs. */
export interface Source<Content, Value> {
  read(): Promise<Content>;
  /** `boot` is true the first time, when an unusable content must be refused. */
  parse(content: Content, boot: boolean): Promise<Value>;
}

/**
 * Reads a source once, and again at each refresh.
 * @param onFault called once for each content that cannot be parsed, and once for a series of failing reads
 * @throws whatever the first read or parse throws
 */
export async function watchSource<Content, Value>(
  source: Source<Content, Value>,
  onFault: (error: unknown) => void,
) {
  let content: Content = await source.read();
  let value: Value = await source.parse(content, true);
  let isFailing = false;

  async function apply(fresh: Content): Promise<void> {
    if (isDeepStrictEqual(fresh, content)) return;
    // Remember it even if it is unusable, so that each change is reported once.
    content = fresh;
    try {
      value = await source.parse(fresh, false);
    } catch (error) {
      onFault(error);
    }
  }

  return {
    /** The value of the last usable content. */
    value: () => value,
    /** Reads again, and parses the content if it differs. Never throws; the last value stays in use. */
    async refresh(): Promise<void> {
      let fresh: Content;
      try {
        fresh = await source.read();
      } catch (error) {
        if (!isFailing) onFault(error);
        isFailing = true;
        return;
      }
      isFailing = false;
      await apply(fresh);
    },
  };
}
