/**
 * Console blocks of the documentation: which commands they show, and whether a run of these prints what they show.
 *
 * 1. `$ ` begins a command. A line that ends with `\` goes on in the next line.
 * 2. `…` alone on a line stands for any lines, and for none. `…` in a line stands for any characters.
 * 3. Times, ports and ids of reservations may be any others. How many blanks stand between two words does not count.
 */
import type { Page } from './readme-document.ts';
import { blocksOf } from './readme-document.ts';

/** A command, and the lines that the page shows below it. */
export interface ConsoleStep {
  readonly command: string;
  readonly shown: readonly string[];
}

/** All commands of a page's console blocks, in order. */
export function consoleStepsOf(page: Page): ConsoleStep[] {
  const blocks = blocksOf(page).filter(({ language }) => language === 'console');
  return blocks.flatMap(({ text }) =>
    text
      .replaceAll(/\\\n */g, '')
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...shown] = step.trimEnd().split('\n');
        return { command, shown };
      }),
  );
}

/** Files that a page tells its reader to make, by path: a path in code marks and a colon, then the block with the content. */
export function filesOf({ text }: Page): Map<string, string> {
  const made = text.matchAll(/`([\w./-]+\.\w+)`:\n\n(?:<!-- prettier-ignore -->\n)?```\w+\n([^]*?)```/g);
  return new Map(Array.from(made, ([, path = '', content = '']) => [path, content]));
}

/** The first shown line that the printed ones lack; `undefined`: they are as shown. */
export function missingLine(shown: readonly string[], printed: readonly string[]): string | undefined {
  let furthest = 0;
  const fits = (line: number, at: number): boolean => {
    furthest = Math.max(furthest, line);
    const wanted = shown[line];
    const found = printed[at];
    if (wanted === undefined) return found === undefined;
    if (wanted.trim() === '…') return fits(line + 1, at) || (found !== undefined && fits(line, at + 1));
    return found !== undefined && isSame(wanted, found) && fits(line + 1, at + 1);
  };
  return fits(0, 0) ? undefined : (shown[furthest] ?? 'the end');
}

function isSame(shown: string, printed: string): boolean {
  const [wanted, found] = [shown, printed].map(withoutVariables) as [string, string];
  const parts = wanted.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(found);
}

function withoutVariables(line: string): string {
  return line
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/ *\b\d+(?:\.\d+)? s\b/g, ' <seconds>')
    .replaceAll(/\b\d+ \w+ ago\b/g, '<time>')
    .replaceAll(/\b127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replaceAll(/\b\d+ \((?=MX-)/g, '<port> (')
    .replaceAll(/\b[0-9a-f]{8}\.\d+\b/g, '<reservation>')
    .replaceAll(/(?<=\S) +/g, ' ')
    .trimEnd();
}

/** The lines that a terminal shows at the end, without those that were drawn over. Blank ones at both ends are left out. */
export function screenOf(output: string): string[] {
  const lines = [''];
  for (const [index, part] of output.replaceAll('\r', '').split('\u001b').entries()) {
    // Each part but the first begins with a control sequence, such as the step `[2A`: two lines up.
    const [sequence = '', up] = (index > 0 && /^\[(?:(\d+)A|[\d;?]*[A-Za-z])/.exec(part)) || [];
    if (up !== undefined) lines.splice(-1 - Number(up), Infinity, '');
    const [rest = '', ...more] = part.slice(sequence.length).split('\n');
    lines.push(`${lines.pop()}${rest}`, ...more);
  }
  const trimmed = lines.map((line) => line.trimEnd()).join('\n');
  const shown = trimmed.replace(/^\n+/, '').trimEnd();
  return shown === '' ? [] : shown.split('\n');
}
