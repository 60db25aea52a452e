import type { Loose } from '../synthesized.ts';

type Labels = Readonly<Record<string, string>>;

/** One requirement of `matchExpressions`, as Kubernetes evaluates it. NotIn also selects objects without the label. */
function meets(labels: Labels, { key, operator, values = [] }: Loose): boolean {
  const isListed = key in labels && values.includes(labels[key]);
  switch (operator) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return key in labels;
    case 'DoesNotExist':
      return !(key in labels);
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

/** Whether a label selector of Kubernetes selects an object with these labels. An empty selector selects every object. */
export function selects({ matchExpressions = [], matchLabels = {} }: Loose, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement: Loose) => meets(labels, requirement))
  );
}

const escaped = /^(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"$/;

function matches(value: string, operator: string, text: string): boolean {
  const pattern = new RegExp(`^(?:${text})$`);
  if (operator === '=') return value === text;
  if (operator === '!=') return value !== text;
  return operator === '=~' ? pattern.test(value) : !pattern.test(value);
}

/**
 * Whether the matchers of a PromQL selector, without braces, may select a series with these labels. The series may have any
 * value of labels that are not given.
 */
export function selectsSeries(matchers: string, labels: Labels): boolean {
  const parts = matchers.match(/\w+(=~|!~|!=|=)"(?:[^"\\]|\\.)*"/g) ?? [];
  return parts.every((part) => {
    const [, label = '', operator = '', text = ''] = escaped.exec(part) ?? [];
    const value = labels[label];
    return value === undefined || matches(value, operator, text);
  });
}
