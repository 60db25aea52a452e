import type { FolderContent } from '../../../output/output-folder.ts';
import { isTree, type Tree } from '../../../values/merge.ts';
import { backupTemplateFile, templateFile } from '../ecs-names.ts';

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Tree;
}

/** A template of CloudFormation, read back from its text. */
export interface Template {
  readonly file: string;
  readonly text: string;
  ofType(type: string): readonly Resource[];
  /** Replaces Fn::FindInMap, and leaves everything that only CloudFormation knows as it is. */
  resolve(value: unknown): unknown;
}

/** A part of an untyped tree that is a tree itself. */
export const treeOf = (value: unknown): Tree => (isTree(value) ? value : {});
/** A part of an untyped tree that is a list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The id of the resource that `Ref` or `Fn::GetAtt` names. */
export function referenceOf(value: unknown): string | undefined {
  const { Ref: ref, 'Fn::GetAtt': attribute } = treeOf(value);
  const [id] = listOf(attribute);
  return textOf(ref) || textOf(id) || undefined;
}

function lookUp(mappings: Tree, path: readonly unknown[]): unknown {
  return path.reduce((tree: unknown, key) => treeOf(tree)[String(key)], mappings);
}

/** @throws SyntaxError for a text that is no JSON */
export function parseTemplate(file: string, text: string): Template {
  const tree = treeOf(JSON.parse(text));
  const resources = Object.entries(treeOf(tree.Resources)).map(([id, resource]) => ({
    id,
    type: textOf(treeOf(resource).Type),
    properties: treeOf(treeOf(resource).Properties),
  }));
  return {
    file,
    text,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    resolve(value) {
      const path = listOf(treeOf(value)['Fn::FindInMap']);
      return path.length > 0 ? lookUp(treeOf(tree.Mappings), path) : value;
    },
  };
}

/** A template among the files of the target. @throws Error if it is missing */
export function templateIn(files: FolderContent, file = templateFile): Template {
  const text = files.get(file);
  if (text === undefined) throw new Error(`${file} is missing`);
  return parseTemplate(file, text);
}

/** Both templates. @throws Error if one is missing */
export const templatesIn = (files: FolderContent): Template[] =>
  [templateFile, backupTemplateFile].map((file) => templateIn(files, file));
