import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import { isIdentifier } from 'typescript/unstable/ast/is';
import { mapSources } from './source-files.ts';

/** A word that misleads or that the reader cannot look up, and the field's own word for it. */
export interface RetiredWord {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** Text that somebody reads, and where it is. */
export interface Passage {
  readonly where: string;
  readonly text: string;
}

/** In prose: help texts, log messages, titles, error texts and documents. */
export const retiredPhrases: readonly RetiredWord[] = [
  { pattern: /\bliving\b/i, instead: 'active' },
  { pattern: /\brooms?\b/i, instead: 'hash queue, slot, or space' },
  { pattern: /\b(?:holds?|held|holding) (?:a |its |their |up )?places?\b/i, instead: 'reserves a slot' },
  { pattern: /\bplaces? among\b/i, instead: 'hash queue slot' },
  { pattern: /\bhold(?:s|ing)? (?:\w+ ){0,4}(?:to it|against)\b/i, instead: 'checks' },
  { pattern: /\bheld (?:by|to|against)\b/i, instead: 'checked' },
  { pattern: /\bthe wait\b(?! for a lock)/i, instead: 'queue time' },
  { pattern: /\b(?:their|its|whose|each|same|takes?|taking|of) turns?\b/i, instead: 'attempt slot, or next' },
  {
    pattern: /\bPromises\b|\bpromised\b|\bpromises?\b(?! (?:of|that|rejects|resolves)\b)/,
    instead: 'service level objective',
  },
  { pattern: /\bPeople\b/, instead: 'Users' },
  { pattern: /\bDefence\b/, instead: 'Rate limiting and lockout' },
  { pattern: /\bleft by the client\b/i, instead: 'aborted by the client' },
  { pattern: /\b(?:give|gives|given|gave) up\b/i, instead: 'ended, or aborted' },
  { pattern: /\bgiving up\b/i, instead: 'ending, or aborting' },
  { pattern: /\bSharedMemory\b/, instead: 'RedisClient' },
  { pattern: /\bcensus\b/i, instead: 'active session count' },
  { pattern: /\bsightings?\b/i, instead: 'first use' },
  { pattern: /\bunder ?way\b/i, instead: 'in flight, or running' },
  { pattern: /\bbare refusals?\b/i, instead: 'error answer before the request is read' },
  { pattern: /\bwhoever\b/i, instead: 'anyone who, or the noun' },
  { pattern: /\b(?:is|are|was|were|be) told\b/i, instead: 'receives' },
  { pattern: /\blasts\b/i, instead: 'takes, or is kept for' },
  { pattern: /\b(?:for|at) want of\b/i, instead: 'because of missing' },
  { pattern: /\bno sooner\b/i, instead: 'only after' },
  { pattern: /\bin vain\b/i, instead: 'without effect' },
  { pattern: /\bat the door\b/i, instead: 'before the request is read' },
];

/** Words of identifiers and of file names in app/ and charts-ts/. */
const retiredNameWords: ReadonlyMap<string, string> = new Map([
  ['room', 'hashQueue, or space'],
  ['place', 'address, location or slot'],
  ['places', 'addresses, locations or slots'],
  ['hold', 'run, or keep'],
  ['holds', 'runs, or keeps'],
  ['held', 'reserved, or stored'],
  ['world', 'the noun: documents, cluster'],
  ['lasts', 'duration'],
  ['census', 'activeSessionCount'],
  ['sighting', 'firstUse'],
  ['sightings', 'firstUses'],
  ['followed', 'tracked'],
  ['underWay', 'inFlight'],
  ['bareRefusals', 'errorAnswers'],
]);

/** Whole identifiers that mislead. `KnownDevice` stays as a component of the OpenAPI document. */
const retiredNames: ReadonlyMap<string, string> = new Map([
  ['SharedMemory', 'RedisClient'],
  ['Admission', 'CountedAttempt'],
  ['KnownDevice', 'DeviceTokenResult'],
  ['own', 'what belongs to it, by name'],
  ['ownSeries', 'serviceSeries'],
  ['ownNamespace', 'serviceNamespace'],
]);

/** The words of a name: `hashQueueMax`, `hash-queue-max` and `HASH_QUEUE_MAX` have three. */
function wordsOf(name: string): string[] {
  const spaced = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2');
  return spaced
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Why an identifier or the path of a file may not stay as it is, with the word to use. */
export function nameFaults(where: string, name: string): string[] {
  const words = wordsOf(name);
  const pairs = words.slice(1).map((word, index) => words[index] + capitalised(word));
  const retired = [...words, ...pairs].filter((word) => retiredNameWords.has(word));
  return [
    ...(retiredNames.has(name) ? [`${where}: ${name} → ${retiredNames.get(name)}`] : []),
    ...new Set(retired.map((word) => `${where}: ${name} ("${word}") → ${retiredNameWords.get(word)}`)),
  ];
}

/** Each retired phrase that the passages contain, with the word to use. */
export function findPhrases(passages: readonly Passage[]): string[] {
  return passages.flatMap(({ where, text }) =>
    retiredPhrases.flatMap(({ pattern, instead }) => {
      const [found] = pattern.exec(text.replaceAll(/\s+/g, ' ')) ?? [];
      return found === undefined ? [] : [`${where}: "${found}" → ${instead}`];
    }),
  );
}

interface SourceWords {
  readonly strings: readonly string[];
  readonly names: readonly string[];
}

const literals: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
]);

function readWords(file: SourceFile): SourceWords {
  const strings: string[] = [];
  const names = new Set<string>();
  const visit = (node: Node): void => {
    // reason: every literal kind above has its text.
    if (literals.has(node.kind)) strings.push((node as Node & { text: string }).text);
    if (isIdentifier(node)) names.add(node.text);
    node.forEachChild(visit);
  };
  visit(file);
  return { strings, names: [...names] };
}

/** Prose in a source: a string of several words. Names, keys and paths are of one. */
const isProse = (text: string): boolean => /[A-Za-z]{2,}\s+\S*[A-Za-z]{2,}/.test(text);

/** Comments of TypeScript and SQL, and of YAML and `.env` files. The `//` of a URL begins none. */
export function commentsIn(text: string): string[] {
  const blocks = text.match(/\/\*[\s\S]*?\*\//g) ?? [];
  const lines = text.match(/(?:(?<![:'"`\w])\/\/|^\s*--\s|^\s*#\s).*$/gm) ?? [];
  const withoutStars = blocks.map((block) => block.replaceAll(/^\s*\*+\/?/gm, ''));
  return [
    ...withoutStars,
    ...(lines.length > 0 ? [lines.map((line) => line.replace(/^\W+/, '')).join(' ')] : []),
  ];
}

/** Strings of several words, comments, identifiers and file names of the TypeScript files in `folders`. */
export function readSourceWords(root: string, folders: readonly string[]) {
  const sources = mapSources(root, folders, (_name, file) => ({ ...readWords(file), text: file.text }));
  return {
    passages: [...sources].flatMap(([where, { strings, text }]) =>
      [...strings.filter(isProse), ...commentsIn(text)].map((each) => ({ where, text: each })),
    ),
    nameFaults: [...sources].flatMap(([where, { names }]) => [
      ...nameFaults(where, where),
      ...names.flatMap((name) => nameFaults(where, name)),
    ]),
  };
}
