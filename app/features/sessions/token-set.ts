import { z } from 'zod';
import { presentUser, User } from '../users/user.ts';
import type { TokenSet as Tokens } from './sessions.ts';

export const TokenSet = z
  .object({
    access_token: z.string().meta({ description: 'JWT (RFC 9068) for the Authorization header' }),
    refresh_token: z.string().meta({ description: 'Good for one refresh' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds until the access token expires' }),
    user: User,
  })
  .meta({ id: 'TokenSet' });

export const presentTokenSet = (tokens: Tokens) => ({
  access_token: tokens.accessToken,
  refresh_token: tokens.refreshToken,
  token_type: 'Bearer',
  expires_in: tokens.expiresIn,
  user: presentUser(tokens.user),
});
