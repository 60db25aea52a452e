/** One requirement of a selector: `key`, `!key`, `key=value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`. */
const requirement =
  /^(?:(!)\s*([^\s=!(),]+)|([^\s=!(),]+)(?:\s*(=|==|!=)\s*([^\s=!(),]*)|\s+(in|notin)\s*\(([^()]*)\))?)$/;

/** Splits at the commas that are not in parentheses. */
const split = (selector: string): string[] => selector.split(/,(?![^()]*\))/).map((part) => part.trim());

export const isLabelSelector = (selector: string): boolean =>
  split(selector).every((part) => requirement.test(part));

function matches(part: string, labels: Readonly<Record<string, unknown>>): boolean {
  const [, not, absentKey, key = absentKey ?? '', operator, value, set, list = ''] =
    requirement.exec(part) ?? [];
  const label = Object.hasOwn(labels, key) ? String(labels[key]) : undefined;
  if (not) return label === undefined;
  const values = list.split(',').map((one) => one.trim());
  if (set === 'in') return label !== undefined && values.includes(label);
  if (set === 'notin') return label === undefined || !values.includes(label);
  if (operator === '!=') return label !== value;
  return operator ? label === value : label !== undefined;
}

/** Whether labels or annotations meet a selector as `kubectl --selector` takes it. */
export const meetsSelector = (selector: string, labels: Readonly<Record<string, unknown>>): boolean =>
  split(selector).every((part) => matches(part, labels));
