import { z } from 'zod';
import { text } from '../../values/formats.ts';
import { dynoSizes } from './plans.ts';

const variable = z
  .strictObject({
    description: z.string().min(1),
    value: z.string().optional(),
    required: z.boolean().optional(),
    generator: z.literal('secret').optional(),
  })
  .refine(
    ({ generator, value }) => !(generator && value !== undefined),
    'must not have a value beside its generator',
  );

const addon = z.strictObject({
  plan: text(
    /^[a-z][a-z0-9-]*:[a-z0-9-]+$/,
    'must be an add-on with its plan, such as heroku-redis:premium-0',
  ),
  as: text(/^[A-Z][A-Z0-9_]*$/, 'must be the upper case prefix of its variables').optional(),
  options: z.record(z.string(), z.string()).optional(),
});

/**
 * app.json with the fields that Heroku documents today (devcenter.heroku.com/articles/app-json-schema). The package
 * app.json of npm does not know formation, buildpacks and stack. Add-ons and variables have the long form here, because
 * the short form says neither the plan nor the meaning.
 */
export const appJsonSchema = z.strictObject({
  name: z.string().min(3).max(30),
  description: z.string().min(1).max(140),
  keywords: z.array(z.string()).optional(),
  website: z.url().optional(),
  repository: z.url().optional(),
  logo: z.url().optional(),
  success_url: z.string().optional(),
  stack: z.enum(['heroku-22', 'heroku-24']),
  buildpacks: z.array(z.strictObject({ url: z.string().min(1) })).min(1),
  addons: z.array(addon),
  env: z.record(text(/^[A-Z][A-Z0-9_]*$/, 'must be an upper case name'), variable),
  formation: z.record(z.string(), z.strictObject({ quantity: z.int().min(0), size: z.enum(dynoSizes) })),
  scripts: z
    .strictObject({ postdeploy: z.string().optional(), 'pr-predestroy': z.string().optional() })
    .optional(),
  environments: z.record(z.enum(['test', 'review']), z.record(z.string(), z.unknown())).optional(),
});

export type AppJson = z.infer<typeof appJsonSchema>;
