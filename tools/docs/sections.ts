import { type AnyEntry, isEntry, isSecret } from '../../app/config/entries.ts';
import { table } from '../../app/config/variables.ts';

type SectionKey = Exclude<
  keyof typeof table,
  'environment' | 'logLevel' | 'logFormat' | 'cloudProject' | 'dataDir'
>;

/** In the order of the documents. A new section of the table needs a title here. */
const titles: Record<SectionKey, string> = {
  http: 'HTTP',
  database: 'Postgres',
  migrations: 'Migrations',
  redis: 'Redis',
  jwt: 'Keys and access tokens',
  sessions: 'Sessions',
  hashing: 'Password hashing',
  passwords: 'New passwords',
  limits: 'Rate limiting',
  readiness: 'Readiness',
  shutdown: 'Shutdown',
  tracing: 'Tracing',
};

export interface Section {
  readonly title: string;
  readonly entries: readonly AnyEntry[];
}

export const sections: readonly Section[] = [
  { title: 'Process', entries: Object.values(table).filter(isEntry) },
  // reason: Object.entries types its keys as string.
  ...Object.entries(titles).map(([key, title]) => ({
    title,
    entries: Object.values(table[key as SectionKey]),
  })),
];

/** What a value must be, without the word "must"; empty for any text. */
export function formatOf({ format }: AnyEntry): string {
  return format.description === 'text' ? '' : (format.description ?? '');
}

/** What production demands of the variable, to be read after "In production". */
export function productionRulesOf({ production, required }: AnyEntry): string[] {
  return [
    ...(required ? [`it is required: ${required}`] : []),
    ...(production ? [`it ${production.fault.replace(' in production', '')}`] : []),
  ];
}

/** The default as an operator would write it, or in words if it is computed; empty without one. */
export function defaultOf(entry: AnyEntry): { readonly text: string; readonly isComputed: boolean } {
  const fallback = isSecret(entry) ? undefined : entry.fallback;
  const isComputed = typeof fallback === 'object';
  return { text: isComputed ? fallback.text : (fallback ?? ''), isComputed };
}
