/** Help texts in the locale, on a terminal that may be narrower than they are. Pure. */
import type { CommandIo } from './io.ts';
import { drawOptionsOf, inLocale } from './style.ts';
import { widthOf, wrapped } from './width.ts';

const EXAMPLES = 'Examples:';

/** The help as standard output takes it. */
export function shownHelp(help: string, { stdout, env }: Pick<CommandIo, 'stdout' | 'env'>): string {
  return fittedHelp(inLocale(help, env), drawOptionsOf(stdout, env).columns);
}

/**
 * The help in lines of at most `columns` columns, broken at blanks. A text that goes on in the next line stays in its column, so the text beside an
 * option stays beside the option. What stands beside that text, a variable, follows the text on a line of its own. Examples are not broken, so that
 * they can be copied. `columns`: `undefined`: the help stays as it is.
 */
export function fittedHelp(help: string, columns: number | undefined): string {
  const [before = '', ...others] = help.split(`\n${EXAMPLES}\n`);
  const [examples = '', ...after] = others.join('').split(/\n\n/);
  if (columns === undefined || widestOf([before, ...after].join('\n')) <= columns) return help;
  const fitted = (text: string) => blocksOf(text).flatMap((block) => linesOf(block, columns));
  const tail = after.length === 0 ? [] : ['', ...fitted(after.join('\n\n'))];
  return [...fitted(before), ...(others.length === 0 ? [] : [EXAMPLES, examples]), ...tail].join('\n');
}

function widestOf(text: string): number {
  return Math.max(...text.split('\n').map(widthOf));
}

/** A text that belongs together, and what stands in front of it and beside it. */
interface Block {
  /** The option or another word in front, with the blanks behind it; without such a word, blanks only. */
  readonly margin: string;
  text: string;
  /** What stands beside the text, in a column of its own: a variable. */
  aside: string;
}

/** An option, or a word such as an action, and blanks. */
const MARGIN = /^(?: {2}\S+(?: \S+)*|[a-z]+) {2,}(?=\S)|^ */;

/** The beginning of a sentence that starts on a new line. */
const LEADS = /^(?:Usage|Exit code|With --[a-z-]+): /;

function blocksOf(help: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const line of help.split('\n')) {
    const last = blocks.at(-1);
    const start = line.length - line.trimStart().length;
    const [margin = ''] = MARGIN.exec(line) ?? [];
    const isBeside = margin.trim() !== '';
    // A line continues the text above it if both begin in the same column.
    const goesOn = last !== undefined && last.text !== '' && line !== '' && !isBeside;
    const isText = goesOn && start === last.margin.length && !LEADS.test(line);
    if (goesOn && start > last.margin.length && last.aside !== '') last.aside += ` ${line.trim()}`;
    else if (isText) {
      const [text = '', aside = ''] = line.trim().split(/ {2,}/);
      last.text += ` ${text}`;
      if (aside !== '') last.aside += ` ${aside}`;
    } else {
      const [text = '', aside = ''] = line.slice(margin.length).split(/ {2,}/);
      blocks.push({ margin, text, aside });
    }
  }
  return blocks;
}

function linesOf({ margin, text, aside }: Block, columns: number): readonly string[] {
  const blank = ' '.repeat(margin.length);
  const room = Math.max(1, columns - margin.length);
  const lines = [text, ...(aside === '' ? [] : [aside.trim()])].flatMap((words) => wrapped(words, room));
  return lines.map((line, index) => `${index === 0 ? margin : blank}${line}`.trimEnd());
}
