/** Bytes of a line that are examined. The rest of a longer line is skipped. */
const maxLine = 65_536;

const newLine = 10;

/**
 * The lines of a stream of any size, in bounded memory. Bytes are read as Latin-1, because every pattern is ASCII.
 * @param onLine called with each line, without its line break
 */
export async function readLines(
  source: AsyncIterable<Buffer>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = '';
  const add = (part: Buffer): void => {
    const free = maxLine - rest.length;
    if (free > 0) rest += part.toString('latin1', 0, Math.min(part.length, free));
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(newLine); end >= 0; end = chunk.indexOf(newLine, start)) {
      add(chunk.subarray(start, end));
      onLine(rest);
      rest = '';
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (rest !== '') onLine(rest);
}
