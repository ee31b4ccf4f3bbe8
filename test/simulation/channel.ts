import { EventEmitter } from 'node:events';

export interface ChannelWays {
  readonly wrote: (bytes: Buffer) => void;
  /** The router sends nothing more. It still receives. */
  readonly saidAll: () => void;
  readonly ended: () => void;
}

/** The few members of an SSH channel that the simulator's server uses. */
export class Channel extends EventEmitter {
  readonly #ways: ChannelWays;

  constructor(ways: ChannelWays) {
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
    this.#ways.saidAll();
  }

  end(): void {
    this.#ways.ended();
  }

  close(): void {
    this.#ways.ended();
  }
}
