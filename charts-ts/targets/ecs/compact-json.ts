const width = 150;

/**
 * JSON that fits what AWS accepts inline (51,200 bytes) and can still be read and compared: a value stays on one line if
 * it is short, and has a line for each of its parts otherwise.
 */
export function compactJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= width) return line;
  const deeper = `${indent} `;
  const parts = Array.isArray(value)
    ? value.map((item) => compactJson(item, deeper))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${compactJson(item, deeper)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => `${deeper}${part}`).join(',\n')}\n${indent}${close}`;
}
