import { readFile } from 'node:fs/promises';

/** The last lines of a log, for the message about a program that failed. */
export async function lastLogLines(path: string, count = 8): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-count);
  return lines.join('') === '' ? '(nothing)' : lines.map((line) => line.slice(0, 500)).join('\n');
}
