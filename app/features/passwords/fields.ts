import { z } from 'zod';

/** Bounded only against abuse. checkPassword decides what a new password must be (8 to 128 characters, not easy to guess). */
export const NewPassword = z
  .string()
  .max(1024)
  .meta({
    description:
      '8 to 128 characters of any kind; refused are common and breached passwords, those that are easy to guess, and those made from the email or username',
    examples: ['StrongPass123!'],
  });

/** A password to be verified, taken exactly as received (ASVS 6.2.8). */
export const Password = z
  .string()
  .max(1024)
  .meta({ examples: ['StrongPass123!'] });

/** Error codes of an endpoint that sets a new password. */
export const newPasswordErrors = [
  'password_too_common',
  'password_matches_identity',
  'password_breached',
  'overloaded',
] as const;

/** Error codes of an endpoint that asks for the current password. */
export const confirmationErrors = ['wrong_password', 'rate_limited', 'overloaded'] as const;

/**
 * Shared by the four endpoints that may ask for the password. As many as registrations, which also cost a hash and
 * also reveal by a 409 which emails are registered.
 */
export const confirmationLimit = { name: 'account_change', points: 100, window: 3_600_000 } as const;
