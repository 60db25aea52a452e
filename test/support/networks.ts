let address = 0;

/** A network in an address block that nobody has used before, so that the limits of both do not matter. */
export function newNetwork(): string {
  address += 1;
  const random = Math.floor(Math.random() * 0xffff).toString(16);
  return `2001:db8:${random}:${address.toString(16)}::1`;
}

/** Another network of the one address block that guessers have. */
export function guesserNetwork(): string {
  address += 1;
  return `2001:db8:bad:${address.toString(16)}::1`;
}
