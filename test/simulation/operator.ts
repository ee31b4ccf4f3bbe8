/** An operator on a router, with a CLI session. He is not careful: he commits what he wants, when he wants. */
import type { Device, DeviceSession } from '../../simulator/device/device.ts';
import { escapeXml, readXml } from '../../simulator/device/xml.ts';
import type { Confirms, RouterName } from '../chaos/workload.ts';

export const OPERATOR = 'operator';
/** The time before he requests the lock again, in ms. */
const AGAIN_MS = 5_000;
const TRIES = 6;

export interface OperatorDependencies {
  readonly router: RouterName;
  readonly device: () => Device;
  readonly wait: (ms: number) => Promise<void>;
  readonly tell: (words: string) => void;
  /** Called with a statement, in set form, that must be there at the end. */
  readonly stands: (line: string) => void;
  /** Called with a statement, in set form, that may be there at the end. */
  readonly mayStand: (line: string) => void;
}

export class Operator {
  readonly #deps: OperatorDependencies;
  #session: DeviceSession;

  constructor(deps: OperatorDependencies) {
    this.#deps = deps;
    this.#session = deps.device().open({ user: OPERATOR, client: 'cli' });
  }

  /** Takes the lock, and keeps it for `ms`. */
  async locks(ms: number): Promise<void> {
    await this.#withLock(() => this.#deps.wait(ms));
  }

  /** Leaves an edit in the candidate without a lock for `ms`, then takes the edit back. */
  async edits(ms: number, line: string): Promise<void> {
    if (!(await this.#set(line))) return this.#close();
    await this.#deps.wait(ms);
    await this.#send('<discard-changes/>');
    this.#close();
  }

  /** Commits a statement under the lock. `isFit`: asked once he has the lock; if it gives `false`, he commits nothing. */
  async commits(line: string, isFit = () => true): Promise<void> {
    await this.#withLock(async () => {
      if (!isFit()) return;
      if (
        (await this.#set(line)) &&
        (await this.#send('<commit-configuration><log>mine</log></commit-configuration>'))
      )
        this.#deps.stands(line);
      else await this.#send('<discard-changes/>');
    });
  }

  async checks(): Promise<void> {
    await this.#send('<commit-configuration><check/></commit-configuration>');
    this.#close();
  }

  /** A confirmed commit of his own: confirmed after `ms`, or left to fall back. */
  async tries(ms: number, confirms: Confirms, line: string): Promise<void> {
    let isOnTrial = false;
    const minutes = Math.max(1, Math.ceil(ms / 60_000) + (confirms === 'not' ? 0 : 1));
    await this.#withLock(async () => {
      isOnTrial =
        (await this.#set(line)) &&
        (await this.#send(
          `<commit-configuration><confirmed/><confirm-timeout>${minutes}</confirm-timeout><log>trying</log></commit-configuration>`,
        ));
      if (!isOnTrial) await this.#send('<discard-changes/>');
    });
    // Another user may have confirmed it.
    if (isOnTrial) this.#deps.mayStand(line);
    if (!isOnTrial || confirms === 'not') return;
    await this.#deps.wait(ms);
    this.#session = this.#deps.device().open({ user: OPERATOR, client: 'cli' });
    if (confirms === 'by check') return this.checks();
    await this.#withLock(() =>
      this.#send('<commit-configuration><log>confirmed</log></commit-configuration>'),
    );
  }

  async #withLock(work: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      if (await this.#send('<lock><target><candidate/></target></lock>')) {
        await work();
        await this.#send('<unlock><target><candidate/></target></unlock>');
        break;
      }
      await this.#deps.wait(AGAIN_MS);
    }
    this.#close();
  }

  #set(line: string): Promise<boolean> {
    return this.#send(
      `<load-configuration action="set" format="text"><configuration-set>${escapeXml(`set ${line}`)}</configuration-set></load-configuration>`,
    );
  }

  /** Sends a request. Resolves to whether the router carried it out. */
  async #send(rpc: string): Promise<boolean> {
    const reply = await this.#session.handle(readXml(rpc));
    const isDone = reply.kind === 'reply' && !reply.body.includes('<error-severity>error');
    this.#deps.tell(`operator on ${this.#deps.router}: ${rpc.slice(0, 60)} ${isDone ? 'done' : 'refused'}`);
    return isDone;
  }

  #close(): void {
    this.#session.close();
  }
}
