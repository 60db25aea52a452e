/** The good template with one change, and what the operator reads then. `all` is the number of places that change. */
export interface Broken {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly all?: number;
  readonly lines: readonly string[];
}

const file = 'auth-service.template.json';
/** A fixture whose lines are about the one file. */
export const broken = (title: string, from: string, to: string, ...lines: string[]): Broken => ({
  title,
  from,
  to,
  lines: lines.map((line) => `${file}: ${line}`),
});
