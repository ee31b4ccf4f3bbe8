/**
 * A process as the world sees it. What reaches the process runs at once, waits while the process is frozen, or is lost once it is dead. Timers and
 * messages that its code has requested belong to the process, whatever code that is.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<Process | undefined>();

export class Process {
  readonly name: string;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #held: (() => void)[] = [];
  readonly #ends: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** The process whose code runs now; `undefined`: the world's own code. */
  static get current(): Process | undefined {
    return current.getStore();
  }

  /** Runs the world's own code, even when a process called it. */
  static outside<T>(run: () => T): T {
    return current.run(undefined, run);
  }

  get state(): 'running' | 'frozen' | 'dead' {
    return this.#state;
  }

  /** Hands something to the process to run. */
  deliver(run: () => void): void {
    if (this.#state === 'running') current.run(this, run);
    else if (this.#state === 'frozen') this.#held.push(run);
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const run of this.#held.splice(0)) this.deliver(run);
  }

  /** Adds something that the kernel does when the process has ended, such as closing connections. If the process has ended already, it is done at once. */
  onEnd(listener: () => void): void {
    if (this.#state === 'dead') Process.outside(listener);
    else this.#ends.push(listener);
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#held = [];
    for (const end of this.#ends.splice(0)) Process.outside(end);
  }
}
