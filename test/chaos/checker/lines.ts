/**
 * Junos text as statements in set form, without `set`: `interfaces ae0 unit 5 vlan-id 5`. The checker has a reader of its own, so that a bug in the
 * reader that is tested can't hide here.
 */

/** The statements of a text, in its order. Throws a `SyntaxError` for a text that is no configuration. */
export function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  const path: { readonly words: readonly string[]; readonly from: number }[] = [];
  let words: string[] = [];
  let list: string[] | undefined;
  const head = () => [...path.flatMap((block) => block.words), ...words];
  for (const token of tokensOf(text)) {
    if (token === '{') {
      if (words.length === 0) throw new SyntaxError('a block without a name');
      path.push({ words, from: lines.length });
      words = [];
    } else if (token === '}') {
      const block = path.at(-1);
      if (words.length > 0 || !block) throw new SyntaxError(`unexpected } after ${head().join(' ')}`);
      // A block with nothing in it is a statement too.
      if (block.from === lines.length) lines.push(head().join(' '));
      path.pop();
    } else if (token === ';') {
      for (const word of list ?? ['']) lines.push([...head(), word].filter(Boolean).join(' '));
      words = [];
      list = undefined;
    } else if (token === '[') list = [];
    else if (token === ']') continue;
    else (list ?? words).push(token);
  }
  if (path.length > 0 || words.length > 0) throw new SyntaxError(`unfinished: ${head().join(' ')}`);
  return lines;
}

/** Whether a statement is the stanza, or inside of it. */
export function isIn(line: string, stanza: string): boolean {
  return line === stanza || line.startsWith(`${stanza} `);
}

function* tokensOf(text: string): Generator<string> {
  const token = /\s+|\/\*[\s\S]*?\*\/|#[^\n]*|("(?:[^"\\]|\\.)*"|[{};[\]]|[^\s{};[\]"#]+)/gy;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new SyntaxError(`unreadable: ${text.slice(from, from + 40)}`);
    if (match[1] !== undefined) yield unquoted(match[1]);
  }
}

/** The token without its quotes, because `"a"` and `a` are the same word. A word that needs its quotes, as one with a blank in it, keeps them. */
function unquoted(token: string): string {
  const inner = /^"([^\s"\\{};[\]#]+)"$/.exec(token)?.[1];
  return inner ?? token;
}
