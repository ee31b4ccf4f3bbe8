/** Tells the workflow how the watch stands: soon after something has changed, but not at each change, because each report fills its history. */
import { WATCH_TIMES } from '../../gateway/config-watch.ts';
import type { WatchReport } from '../../gateway/config-watch.ts';
import { LENGTHS, oneLine } from '../../gateway/display.ts';

/** Lines that wait for a report. If there are more, the oldest go. */
const MOST = 20;

export class Reports {
  readonly #compose: (lines: readonly string[]) => WatchReport;
  readonly #send: (report: WatchReport) => Promise<void>;
  readonly #now: () => Date;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sentAt = -Infinity;
  #sent = '';
  /** Something has changed since the report that is being sent was made. */
  #again = false;
  #over = false;

  constructor(
    compose: (lines: readonly string[]) => WatchReport,
    send: (report: WatchReport) => Promise<void>,
    now: () => Date,
  ) {
    this.#compose = compose;
    this.#send = send;
    this.#now = now;
  }

  /** Something has changed. A `line` goes into the log book. */
  tell(line?: string): void {
    if (this.#over) return;
    if (line !== undefined) {
      const time = this.#now().toISOString().slice(0, 19).replace('T', ' ');
      this.#lines = [...this.#lines, `${time} ${oneLine(line, LENGTHS.reason)}`].slice(-MOST);
    }
    this.#again = true;
    this.#schedule();
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#over || !this.#again) return;
    const wait = Math.max(0, this.#sentAt + WATCH_TIMES.reportMs - performance.now());
    this.#timer = setTimeout(() => void this.#report(), wait).unref();
  }

  async #report(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    this.#again = false;
    const report = this.#compose(lines);
    const content = JSON.stringify({ ...report, since: undefined });
    this.#sentAt = performance.now();
    try {
      if (content !== this.#sent) await this.#send(report);
      this.#sent = content;
    } catch {
      // The workflow learns it from the next report.
      this.#lines = [...lines, ...this.#lines].slice(-MOST);
    } finally {
      this.#timer = undefined;
      this.#schedule();
    }
  }
}
