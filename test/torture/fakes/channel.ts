import { EventEmitter } from 'node:events';

/** The few members of a channel that the simulator's server uses. */
export class Channel extends EventEmitter {
  readonly #ways: { readonly wrote: (bytes: Buffer) => void; readonly ended: () => void };

  constructor(ways: { readonly wrote: (bytes: Buffer) => void; readonly ended: () => void }) {
    super();
    this.#ways = ways;
  }

  write(bytes: Buffer, taken?: () => void): boolean {
    this.#ways.wrote(bytes);
    taken?.();
    return true;
  }

  pause(): void {}
  resume(): void {}
  exit(): void {}

  eof(): void {
    this.#ways.ended();
  }

  end(): void {
    this.#ways.ended();
  }

  close(): void {
    this.#ways.ended();
  }
}
