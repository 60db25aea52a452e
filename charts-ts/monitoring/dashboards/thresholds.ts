export type Color = 'green' | 'orange' | 'red';

/** The colours of a value. A limit comes from an objective or from an alert, and has one constant with it. */
export interface Thresholds {
  /** Below the first step. */
  readonly base: Color;
  /** In ascending order. A step applies from its value on. */
  readonly steps: readonly { readonly from: number; readonly color: Color }[];
}

/** Large values are bad. @param limits where orange (a ticket) and red (a page, or a missed objective) begin */
export function badFrom(limits: { readonly orange?: number; readonly red?: number }): Thresholds {
  const { orange, red } = limits;
  return {
    base: 'green',
    steps: [
      ...(orange === undefined ? [] : [{ from: orange, color: 'orange' as const }]),
      ...(red === undefined ? [] : [{ from: red, color: 'red' as const }]),
    ],
  };
}

/** Small values are bad: red below `red`, orange below `orange`. */
export function badBelow(limits: { readonly orange?: number; readonly red: number }): Thresholds {
  const { orange, red } = limits;
  const steps =
    orange === undefined
      ? [{ from: red, color: 'green' as const }]
      : [
          { from: red, color: 'orange' as const },
          { from: orange, color: 'green' as const },
        ];
  return { base: 'red', steps };
}

/** The colour of a value, as Grafana chooses it. */
export function colorOf(value: number, { base, steps }: Thresholds): Color {
  return steps.findLast(({ from }) => value >= from)?.color ?? base;
}
