import { readFile, readdir } from 'node:fs/promises';
import { ROOT } from '../../local/folders.ts';

/** A page of the documentation. */
export interface Page {
  /** From the checkout's folder: `docs/etcd.md`. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The pages at the top, and everything under `docs/`. */
export async function readPages(): Promise<Page[]> {
  const below = await readdir(`${ROOT}docs`, { recursive: true });
  const paths = [
    'README.md',
    'CHANGELOG.md',
    'SECURITY.md',
    ...below.filter(isPage).map((path) => `docs/${path}`),
  ];
  return Promise.all(paths.map(readPage));
}

export async function readPage(path: string): Promise<Page> {
  return { path, text: await readFile(`${ROOT}${path}`, 'utf8') };
}

function isPage(path: string): boolean {
  return path.endsWith('.md');
}

export function blocksOf({ text }: Page): Block[] {
  const fenced = text.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm);
  return Array.from(fenced, ([, , language = '', content = '']) => ({ language, text: content }));
}

/** The page without its fenced blocks. */
export function proseOf({ text }: Page): string {
  return text.replace(/^( *)```\w*\n[^]*?^\1```$/gm, '');
}

/** What stands in code marks in the prose. */
export function wordsOf(page: Page): string[] {
  return Array.from(proseOf(page).matchAll(/`([^`\n]+)`/g), ([, word = '']) => word);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): string[] {
  return Array.from(proseOf(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The rows of tables whose first cell is one word in code marks: that word and the second cell. */
export function tableRowsOf(text: string): Map<string, string> {
  const rows = text.matchAll(/^\| `([^`]+)` +\| ([^|]*?) *\|/gm);
  return new Map(Array.from(rows, ([, name = '', cell = '']) => [name, cell] as const));
}

/** The text from a heading to the next one of its level. */
export function sectionOf({ path, text }: Page, heading: string): string {
  const from = text.indexOf(`\n## ${heading}\n`);
  if (from === -1) throw new Error(`${path}: expected a section "${heading}"`);
  const to = text.indexOf('\n## ', from + 1);
  return text.slice(from, to === -1 ? undefined : to);
}
