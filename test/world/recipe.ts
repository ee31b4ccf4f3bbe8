/** Runs the commands of `docs/recipes.md` as they stand there. So the specs have tried what a reader copies. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ROOT } from '../../local/folders.ts';
import { programOf } from '../../local/programs.ts';
import type { Stack } from '../../local/stack.ts';
import { blocksOf, readPage, sectionOf } from '../project/readme-document.ts';

/** A recipe's blocks of a language, in order; by default its commands. `names`: by the page's example words, such as ids, what replaces them. */
export async function recipe(
  heading: string,
  names: Readonly<Record<string, string>> = {},
  language = 'sh',
): Promise<readonly string[]> {
  const text = sectionOf(await readPage('docs/recipes.md'), heading);
  const blocks = blocksOf({ path: '', text }).filter((block) => block.language === language);
  return blocks.map((block) => named(block.text, names));
}

/** The variables that the recipe puts into a worker's environment. */
export async function recipeVariables(
  heading: string,
  names: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const lines = (await recipe(heading, names, 'ini')).flatMap((block) => block.trim().split('\n'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function named(text: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce((all, [example, name]) => all.replaceAll(example, name), text);
}

export interface Typed {
  readonly code: number | null;
  readonly printed: string;
}

/** Types lines into a shell that has `gateway-saga` and `temporal`, in the folder of the stack's run. The shell ends at the first command that fails. */
export async function type(stack: Pick<Stack, 'run' | 'environment'>, lines: string): Promise<Typed> {
  const { folder } = stack.run;
  const bin = `${folder}/bin`;
  await mkdir(bin, { recursive: true });
  await symlink(`${ROOT}command/gateway-saga.mjs`, `${bin}/gateway-saga`).catch(ifThere);
  const path = [bin, dirname(await programOf('temporal')), process.env['PATH']].join(':');
  const child = spawn('bash', ['-e', '-c', lines], {
    cwd: folder,
    env: { ...process.env, ...stack.environment, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, printed };
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
