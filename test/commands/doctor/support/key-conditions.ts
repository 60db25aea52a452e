import { chmodSync, utimesSync } from 'node:fs';
import { type Change, type Condition, type Production, set } from './condition.ts';
import { ecPair, rsaPair } from './production.ts';

function keyFiles({ write }: Production, pair: { privatePem: string; publicPem: string }): Change {
  write('private.pem', pair.privatePem);
  write('public.pem', pair.publicPem);
  return {};
}

const secretOf = (secret: string): Change =>
  set({
    JWT_ALGORITHM: 'HS256',
    JWT_SECRET_KEY: secret,
    JWT_PRIVATE_KEY_PATH: undefined,
    JWT_PUBLIC_KEY_PATH: undefined,
  });

/** Keys that cannot be used, or should not. */
export const inKeys: readonly Condition[] = [
  {
    title: 'HS256 with a key pair',
    make: () => set({ JWT_ALGORITHM: 'HS256' }),
    problems: ['failed jwt-algorithm', 'failed jwt-key-missing'],
  },
  {
    title: 'no key',
    make: () => set({ JWT_PRIVATE_KEY_PATH: undefined, JWT_PUBLIC_KEY_PATH: undefined }),
    problems: ['warning data-dir-unused', 'failed jwt-key-missing'],
  },
  {
    title: 'a key file that does not exist',
    make: () => set({ JWT_PRIVATE_KEY_PATH: '/nowhere/private.pem' }),
    problems: ['failed jwt-key-unreadable'],
  },
  {
    title: 'a private key that every user can read',
    make({ privateFile }) {
      chmodSync(privateFile, 0o644);
      return {};
    },
    problems: ['failed jwt-key-permissions'],
  },
  {
    title: 'a file that is no key',
    make: (p) => keyFiles(p, { privatePem: 'key', publicPem: 'key' }),
    problems: ['failed jwt-key-form'],
  },
  {
    title: 'a key of another algorithm',
    make: () => set({ JWT_ALGORITHM: 'RS256' }),
    problems: ['failed jwt-key-algorithm'],
  },
  {
    title: 'a short RSA key',
    make: (p) => ({ ...keyFiles(p, rsaPair(1024)), ...set({ JWT_ALGORITHM: 'RS256' }) }),
    problems: ['failed jwt-key-size'],
  },
  {
    title: 'a public key of another pair',
    make({ write }) {
      write('public.pem', ecPair().publicPem);
      return {};
    },
    problems: ['failed jwt-key-pair'],
  },
  {
    title: 'an old key',
    make({ privateFile }) {
      utimesSync(privateFile, new Date('2026-01-01'), new Date('2026-01-01'));
      return {};
    },
    problems: ['warning jwt-key-age'],
  },
  { title: 'a short secret', make: () => secretOf('short-secret'), problems: ['failed jwt-secret-length'] },
  {
    title: 'a well-known secret',
    make: () => secretOf('your-super-secret-key-change-in-production'),
    problems: ['failed jwt-secret-strength'],
  },
];
