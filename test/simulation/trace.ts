/** Everything that happens in a run, line by line. Two runs are compared by it. */
import { createHash } from 'node:crypto';

const CHUNK = 65_536;

export class Trace {
  readonly #hash = createHash('sha256');
  #unpublished = '';
  readonly #lines: string[] | undefined;

  /** `isKept`: the lines are wanted, not only their digest. */
  constructor(isKept: boolean) {
    this.#lines = isKept ? [] : undefined;
  }

  add(line: string): void {
    this.#unpublished += line;
    if (this.#unpublished.length > CHUNK) this.#hashAll();
    this.#lines?.push(line);
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** SHA-256 of all so far, in hexadecimal. */
  digest(): string {
    this.#hashAll();
    return this.#hash.copy().digest('hex');
  }

  #hashAll(): void {
    this.#hash.update(this.#unpublished);
    this.#unpublished = '';
  }
}
