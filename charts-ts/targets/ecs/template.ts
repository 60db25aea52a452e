import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { compactJson } from './compact-json.ts';
import { backupTemplateFile, templateFile } from './ecs-names.ts';
import { BackupStack } from './stack/backup-stack.ts';
import { AuthStack } from './stack/stack.ts';
import type { EcsValues } from './values.ts';

/**
 * The templates of CloudFormation by their file: the same values give the same bytes.
 * @throws Error if a stack asks for facts of an account, which synth does not look up
 */
export function templatesOf(values: EcsValues): Map<string, string> {
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
    const stacks = [
      [templateFile, new AuthStack(app, values)],
      [backupTemplateFile, new BackupStack(app, values)],
    ] as const;
    const assembly = app.synth({ skipValidation: true });
    const missing = assembly.manifest.missing ?? [];
    if (missing.length > 0)
      throw new Error(`a stack asks for facts of an account: ${missing.map(({ key }) => key).join(', ')}`);
    const textOf = ({ artifactId }: Stack): string =>
      `${compactJson(assembly.getStackArtifact(artifactId).template)}\n`;
    return new Map(stacks.map(([file, stack]) => [file, textOf(stack)]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
