import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { compactJson } from './compact-json.ts';
import { AuthStack } from './stack/stack.ts';
import type { EcsValues } from './values.ts';

/**
 * The template of CloudFormation as text: the same values give the same bytes.
 * @throws Error if the stack asks for facts of an account, which synth does not look up
 */
export function templateOf(values: EcsValues): string {
  const outdir = mkdtempSync(join(tmpdir(), 'auth-ecs-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      // Statements with the same actions become one, which makes the template shorter.
      postCliContext: { '@aws-cdk/aws-iam:minimizePolicies': true },
      // checks/toolkit.ts asks the same rules about the finished file.
      builtinCloudFormationValidation: false,
    });
    const stack = new AuthStack(app, values);
    const assembly = app.synth({ skipValidation: true });
    const missing = assembly.manifest.missing ?? [];
    if (missing.length > 0)
      throw new Error(`the stack asks for facts of an account: ${missing.map(({ key }) => key).join(', ')}`);
    return `${compactJson(assembly.getStackArtifact(stack.artifactId).template)}\n`;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
