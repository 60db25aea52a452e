import { createRequire } from 'node:module';
import type { Template } from './template.ts';

/** The part of the package that is used here. aws-cdk-lib brings it along and does not export it. */
interface Validator {
  CelEngine: new (
    config: object,
  ) => {
    validateTemplate(template: object, config: object): { diagnostics: readonly Diagnostic[] };
    free(): void;
  };
  TemplateContent: new (text: string, name: string) => object;
}

interface Diagnostic {
  readonly ruleId: string;
  readonly message: string;
  readonly propertyPath?: string;
  readonly entity?: { readonly logicalId?: string };
}

/** Rules that the toolkit leaves out itself (core/lib/validation/cloudformation-validate-plugin.js). */
const ignored = ['W3005', 'W1020', 'I4010', 'W4011', 'W4012', 'W9002', 'W9013', 'W1103'];

function loadValidator(): Validator {
  const toolkit = createRequire(import.meta.url).resolve('aws-cdk-lib/package.json');
  return createRequire(toolkit)('@aws/cloudformation-validate');
}

let loaded:
  | { readonly validator: Validator; readonly engine: InstanceType<Validator['CelEngine']> }
  | undefined;

/** Loading the rules takes two seconds of CPU time, so it happens once. */
function load() {
  if (loaded) return loaded;
  const validator = loadValidator();
  loaded = { validator, engine: new validator.CelEngine({}) };
  return loaded;
}

/** Some messages list every resource of the template. */
const shortened = (message: string): string =>
  message.length > 200 ? `${message.slice(0, 200)} …` : message;

/**
 * What the offline rules of the toolkit of AWS find: the schema of each resource and common mistakes. These are the rules
 * that `@aws-cdk/core:validateAgainstDefaultRules` makes errors. They are asked about the finished text, so that they see
 * what people have changed. Loading the rules takes longer than everything else that synth does.
 */
export function* toolkitFindings({ file, text }: Template): Iterable<string> {
  const { engine, validator } = load();
  const report = engine.validateTemplate(new validator.TemplateContent(text, file), {
    detailLevel: 'STANDARD',
    severityLevel: 'WARN',
    exclude: { ids: ignored },
  });
  for (const { entity, message, propertyPath, ruleId } of report.diagnostics) {
    const subject = [entity?.logicalId, propertyPath?.replace(/^Properties\.?/, '')]
      .filter(Boolean)
      .join('.');
    yield `${file}: ${subject}: ${shortened(message)} [toolkit-${ruleId}]`;
  }
}
