/** An expression of GitHub, which GitHub replaces by its value before the job starts. */
export const expression = (text: string): string => `\${{ ${text} }}`;
