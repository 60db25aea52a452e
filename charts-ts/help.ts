/** One line for each option: its form on the command line, and what it does. */
export type OptionTexts<Name extends string = string> = Readonly<
  Record<Name, readonly [form: string, text: string]>
>;

/** Whether the arguments ask for help instead of a run. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.includes('--help') || args.includes('-h');

/** The text of `--help`: the usage, then one line for each option. */
export function helpText(usage: string, texts: OptionTexts): string {
  const all = Object.values(texts);
  const width = Math.max(...all.map(([form]) => form.length)) + 2;
  const lines = all.map(([form, text]) => `  ${form.padEnd(width)}${text}`);
  return `${usage}\n\nOptions:\n${lines.join('\n')}\n`;
}
