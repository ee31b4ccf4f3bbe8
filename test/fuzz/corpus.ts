/** Inputs that are kept: good ones to begin from, and every one that once failed. `test/fuzz/corpus/<target>.json`. */
import { existsSync, readFileSync } from 'node:fs';

export interface Kept {
  /** What is special about it. */
  readonly name: string;
  readonly input: string;
}

/** As in the file: a text, or pieces of which some are repeated, `["[edit]\n+ ", ["a { ", 100]]`. */
type Written = string | readonly (string | readonly [piece: string, times: number])[];

export function corpusOf(target: string): readonly Kept[] {
  const file = new URL(`corpus/${target}.json`, import.meta.url);
  if (!existsSync(file)) return [];
  const written = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Written>>;
  return Object.entries(written).map(([name, input]) => ({ name, input: textOf(input) }));
}

function textOf(written: Written): string {
  if (typeof written === 'string') return written;
  return written.map((part) => (typeof part === 'string' ? part : part[0].repeat(part[1]))).join('');
}
