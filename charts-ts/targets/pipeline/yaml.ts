import { Document, isMap, isPair, isScalar, visit } from 'yaml';

const header = (target: string): string =>
  ` npm run synth writes this file. Change charts-ts/targets/${target} or its values instead.`;

/**
 * The text of a pipeline. Long lines are not folded, so that commands stay as they are.
 * @param comments what to write beside the value of a key `uses`, by the value
 */
export function pipelineYaml(
  target: string,
  content: object,
  comments: ReadonlyMap<string, string> = new Map(),
): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  document.commentBefore = header(target);
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'uses' || !isScalar(value)) return;
      const comment = comments.get(String(value.value));
      if (comment) value.comment = ` ${comment}`;
    },
  });
  // An empty line before each job makes the file readable.
  const jobs = document.get('jobs');
  const blocks = isMap(jobs) ? jobs.items : isMap(document.contents) ? document.contents.items : [];
  for (const pair of blocks.slice(1)) if (isPair(pair) && isScalar(pair.key)) pair.key.spaceBefore = true;
  return document.toString({ lineWidth: 0 });
}
