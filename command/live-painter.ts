import type { Output } from './io.ts';

const REPAINT_MS = 100;

/** Keeps the last lines of a terminal up to date until it is stopped. Then they stay as they are. */
export class LivePainter {
  readonly #output: Output;
  readonly #render: () => readonly string[];
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  /** `render` gives all the lines, none wider than the terminal. */
  constructor(output: Output, render: () => readonly string[]) {
    this.#output = output;
    this.#render = render;
    this.#paint();
    this.#timer = setInterval(() => this.#paint(), REPAINT_MS);
    this.#timer.unref();
  }

  /** Draws everything once more, however long it is. */
  stop(): void {
    clearInterval(this.#timer);
    this.#write(this.#render());
  }

  /** Lines that have scrolled out of the terminal can't be drawn over: until `stop`, only the last lines that fit are shown. */
  #paint(): void {
    const room = Math.max(1, (this.#output.rows || 24) - 1);
    this.#write(this.#render().slice(-room));
  }

  #write(lines: readonly string[]): void {
    const back = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A`;
    this.#output.write(`${back}\r\u001b[0J${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = lines.length;
  }
}
