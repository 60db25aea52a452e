import { InvalidArgumentError } from 'commander';

/** Parses the value of an option as a whole number of a range. Another value is an error of the command line. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
