import type { Deployment } from './deployment.ts';
import { aws } from './deployments-aws.ts';
import { azure } from './deployments-azure.ts';
import { google } from './deployments-google.ts';
import { heroku } from './deployments-heroku.ts';

/** The targets that a pipeline can deploy to. */
export const deployments: readonly Deployment[] = [...aws, ...google, ...azure, ...heroku];
