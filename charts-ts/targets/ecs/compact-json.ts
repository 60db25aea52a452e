const width = 180;

/** The first two levels, the template and its resources, are not indented. */
const indentOf = (depth: number): string => ' '.repeat(Math.max(0, depth - 2));

/**
 * JSON that fits what AWS accepts inline (51,200 bytes) and can still be read and compared: a value stays on one line if
 * it is short, and has a line for each of its parts otherwise.
 */
export function compactJson(value: unknown, depth = 0): string {
  const line = JSON.stringify(value);
  const indent = indentOf(depth);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= width) return line;
  const parts = Array.isArray(value)
    ? value.map((item) => compactJson(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${compactJson(item, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const deeper = indentOf(depth + 1);
  return `${open}\n${parts.map((part) => `${deeper}${part}`).join(',\n')}\n${indent}${close}`;
}
