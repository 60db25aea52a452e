import type { ManifestFile } from '../synthesize.ts';
import type { Values } from '../values/schema.ts';
import type { FolderContent } from './folder.ts';
export function helmContent(_values: Values, _files: readonly ManifestFile[]): FolderContent { return new Map(); }
