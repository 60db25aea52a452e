import type { Loose } from './synthesized.ts';

const isMap = (value: Loose): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The items without the port keeper, which every pod of the API has, unless the expected items name it. */
function named(items: Loose[], expected: Loose[]): Loose[] {
  const isPortKeeper = (item: Loose): boolean => item?.name === 'port-keeper';
  return expected.some(isPortKeeper) ? items : items.filter((item) => !isPortKeeper(item));
}

/**
 * What a value has where `expected` has something: of a map only the expected keys, with null for an absent one, and of a
 * list every item, or those at the indexes of a map, where -1 is the last one. If the value contains what is expected, the result equals it.
 */
export function partsOf(value: Loose, expected: Loose): Loose {
  if (Array.isArray(value) && Array.isArray(expected))
    return named(value, expected).map((item, index) => partsOf(item, expected[index]));
  if (Array.isArray(value) && isMap(expected))
    return Object.fromEntries(
      Object.entries(expected).map(([index, part]) => [index, partsOf(value.at(Number(index)), part)]),
    );
  if (!isMap(value) || !isMap(expected)) return value;
  return Object.fromEntries(
    Object.entries(expected).map(([key, part]) => [key, key in value ? partsOf(value[key], part) : null]),
  );
}
