/** A program that is killed, frozen and started again. "Started" means that the system runs it, not that it is ready. */
import type { Exit } from '../../../local/child.ts';

/** Exit code of a program that can't reach its server when it starts (EX_TEMPFAIL of sysexits.h): to be started again. */
export const CAN_NOT_START = 75;

export interface Running {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<unknown>;
}

export class Program {
  readonly name: string;
  /** Unexpected ends, in words. */
  readonly surprises: string[] = [];
  private readonly begin: () => Promise<Running>;
  private running: Running | undefined;
  private starting: Promise<void> | undefined;
  private ending = false;
  private frozen = false;

  constructor(name: string, begin: () => Promise<Running>) {
    this.name = name;
    this.begin = begin;
  }

  /** The process id; 0 if the program is not running. */
  get pid(): number {
    return this.running?.pid ?? 0;
  }

  /** Throws a `ChildError` when it can't be started. */
  async start(): Promise<void> {
    if (this.running) return;
    this.starting ??= this.startNow().finally(() => (this.starting = undefined));
    await this.starting;
  }

  private async startNow(): Promise<void> {
    const running = await this.begin();
    this.running = running;
    this.ending = false;
    void running.exited.then(({ code, signal }) => {
      if (this.running !== running) return;
      this.running = undefined;
      this.frozen = false;
      if (!this.ending && code !== CAN_NOT_START)
        this.surprises.push(`${this.name} ended by itself (${signal ?? `exit code ${code}`})`);
    });
  }

  /** SIGKILL; resolves when the program has ended. */
  async kill(): Promise<void> {
    const { running } = this;
    if (!running) return;
    this.ending = true;
    running.signal('SIGKILL');
    await running.exited;
  }

  freeze(): void {
    this.frozen = this.running !== undefined;
    this.running?.signal('SIGSTOP');
  }

  thaw(): void {
    if (this.frozen) this.running?.signal('SIGCONT');
    this.frozen = false;
  }

  /** Lets a frozen program go on, and starts one that has ended. */
  async revive(): Promise<void> {
    this.thaw();
    await this.start();
  }

  async stop(): Promise<void> {
    this.thaw();
    this.ending = true;
    await this.running?.stop();
  }
}
