import assert from 'node:assert/strict';
import { LivePainter } from '../../command/live-painter.ts';
import { isRedrawable, takesColor } from '../../command/style.ts';

const ESC = String.fromCharCode(27);
const CODES = new RegExp(`${ESC}\\[(\\d+)A|(\\r${ESC}\\[0J)|(\\n)|([^\\n${ESC}\\r]+)`, 'g');

/** Just enough of a terminal: lines, the cursor's row, going up, clearing down. It does not scroll back. */
class Screen {
  readonly isTTY = true;
  readonly rows: number;
  #lines: string[] = [''];
  #row = 0;

  constructor(rows: number) {
    this.rows = rows;
  }

  get lines(): readonly string[] {
    return this.#lines.slice(0, -1);
  }

  write(text: string): void {
    for (const [, up, clear, newline, piece] of text.matchAll(CODES)) {
      if (up !== undefined) {
        const top = Math.max(0, this.#lines.length - this.rows);
        assert(this.#row - Number(up) >= top, 'went up beyond the top of the screen');
        this.#row -= Number(up);
      } else if (clear !== undefined) this.#lines = [...this.#lines.slice(0, this.#row), ''];
      else if (newline !== undefined) {
        this.#row += 1;
        if (this.#row === this.#lines.length) this.#lines.push('');
      } else this.#lines[this.#row] += piece ?? '';
    }
  }
}

describe('LivePainter', () => {
  it('draws over its own lines and nothing else', async () => {
    const screen = new Screen(10);
    screen.write('before\n');
    let lines = ['a', 'b', 'c'];
    const painter = new LivePainter(screen, () => lines);
    assert.deepEqual(screen.lines, ['before', 'a', 'b', 'c']);
    lines = ['A'];
    while (screen.lines.length !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
    lines = ['A', 'B'];
    painter.stop();
    screen.write('after\n');
    assert.deepEqual(screen.lines, ['before', 'A', 'B', 'after']);
  });

  it('shows the end of what is longer than the terminal, and all of it at last', () => {
    const screen = new Screen(4);
    const painter = new LivePainter(screen, () => ['1', '2', '3', '4', '5']);
    assert.deepEqual(screen.lines, ['3', '4', '5']);
    painter.stop();
    assert.deepEqual(screen.lines, ['1', '2', '3', '4', '5']);
  });
});

describe('colours and redrawing', () => {
  const table: [
    name: string,
    isTTY: boolean | undefined,
    env: Record<string, string>,
    redraw: boolean,
    color: boolean,
  ][] = [
    ['a terminal', true, { TERM: 'xterm' }, true, true],
    ['a file', undefined, { TERM: 'xterm' }, false, false],
    ['a terminal with NO_COLOR', true, { TERM: 'xterm', NO_COLOR: '1' }, true, false],
    ['a terminal with an empty NO_COLOR', true, { TERM: 'xterm', NO_COLOR: '' }, true, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false, false],
  ];
  for (const [name, isTTY, env, redraw, color] of table)
    it(`suit ${name}`, () => {
      const output = { write: () => {}, ...(isTTY !== undefined && { isTTY }) };
      assert.equal(isRedrawable(output, env), redraw);
      assert.equal(takesColor(output, env), color);
    });
});
