/** A person on a router, with a session of his own beside NETCONF. He is not careful: he commits what he wants, when he wants. */
import type { Device, DeviceSession } from '../../simulator/device/device.ts';
import { escapeXml, readXml } from '../../simulator/device/xml.ts';
import type { RouterName } from '../chaos/workload.ts';

export const OPERATOR = 'operator';
/** What he waits for before he tries again to get the lock. */
const AGAIN_MS = 5_000;
const TRIES = 6;

export interface OperatorWay {
  readonly router: RouterName;
  readonly device: () => Device;
  readonly wait: (ms: number) => Promise<void>;
  readonly tell: (words: string) => void;
  /** Statements, in set form, that are to be there at the end; or that may be. */
  readonly stands: (line: string) => void;
  readonly mayStand: (line: string) => void;
}

export class Operator {
  readonly #way: OperatorWay;
  #session: DeviceSession;

  constructor(way: OperatorWay) {
    this.#way = way;
    this.#session = way.device().open({ user: OPERATOR, client: 'cli' });
  }

  /** Keeps the lock for so long. */
  async locks(ms: number): Promise<void> {
    await this.#withLock(() => this.#way.wait(ms));
  }

  /** Leaves an edit without a lock, and takes it back. */
  async edits(ms: number, line: string): Promise<void> {
    if (!(await this.#set(line))) return this.#close();
    await this.#way.wait(ms);
    await this.#ask('<discard-changes/>');
    this.#close();
  }

  async commits(line: string): Promise<void> {
    await this.#withLock(async () => {
      if (
        (await this.#set(line)) &&
        (await this.#ask('<commit-configuration><log>mine</log></commit-configuration>'))
      )
        this.#way.stands(line);
      else await this.#ask('<discard-changes/>');
    });
  }

  async checks(): Promise<void> {
    await this.#ask('<commit-configuration><check/></commit-configuration>');
    this.#close();
  }

  /** A confirmed commit of his own: confirmed after so long, or left. */
  async tries(ms: number, confirms: boolean, line: string): Promise<void> {
    let isTried = false;
    const minutes = Math.max(1, Math.ceil(ms / 60_000) + (confirms ? 1 : 0));
    await this.#withLock(async () => {
      isTried =
        (await this.#set(line)) &&
        (await this.#ask(
          `<commit-configuration><confirmed/><confirm-timeout>${minutes}</confirm-timeout><log>trying</log></commit-configuration>`,
        ));
      if (!isTried) await this.#ask('<discard-changes/>');
    });
    // What keeps it from falling back is not always he.
    if (isTried) this.#way.mayStand(line);
    if (!isTried || !confirms) return;
    await this.#way.wait(ms);
    this.#session = this.#way.device().open({ user: OPERATOR, client: 'cli' });
    await this.#withLock(() =>
      this.#ask('<commit-configuration><log>confirmed</log></commit-configuration>'),
    );
  }

  async #withLock(work: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      if (await this.#ask('<lock><target><candidate/></target></lock>')) {
        await work();
        await this.#ask('<unlock><target><candidate/></target></unlock>');
        break;
      }
      await this.#way.wait(AGAIN_MS);
    }
    this.#close();
  }

  #set(line: string): Promise<boolean> {
    return this.#ask(
      `<load-configuration action="set" format="text"><configuration-set>${escapeXml(`set ${line}`)}</configuration-set></load-configuration>`,
    );
  }

  /** Whether it was done. */
  async #ask(rpc: string): Promise<boolean> {
    const reply = await this.#session.handle(readXml(rpc));
    const isDone = reply.kind === 'reply' && !reply.body.includes('<error-severity>error');
    this.#way.tell(`operator on ${this.#way.router}: ${rpc.slice(0, 60)} ${isDone ? 'done' : 'refused'}`);
    return isDone;
  }

  #close(): void {
    this.#session.close();
  }
}
