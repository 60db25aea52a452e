/** Sizes of an installation. Each has a file in values/profiles. */
export const profiles = ['small', 'medium', 'large'] as const;
export type Profile = (typeof profiles)[number];
