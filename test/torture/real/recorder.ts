/**
 * All that etcd ever applied, kept by a client of its own. Revisions have no gaps, so that it is known whether one was missed: then
 * the watch is made anew from there. Nobody compacts what was not recorded yet.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { Watcher } from 'etcd3';
import type { Write } from '../evidence.ts';
import { FILLER } from './etcd-space.ts';

const LOOK_MS = 150;

export class Recorder {
  readonly writes: Write[] = [];
  private readonly endpoint: string;
  private etcd: Etcd3;
  /** The last revision of which everything is here. */
  private recorded: number;
  private watcher: Watcher | undefined;
  private closed = false;

  private constructor(endpoint: string, etcd: Etcd3, recorded: number) {
    this.endpoint = endpoint;
    this.etcd = etcd;
    this.recorded = recorded;
  }

  static async open(endpoint: string): Promise<Recorder> {
    const etcd = connect(endpoint);
    const recorder = new Recorder(endpoint, etcd, await newest(etcd));
    await recorder.watch();
    return recorder;
  }

  get revision(): number {
    return this.recorded;
  }

  /** Resolves when all that was written before the call is here. */
  async catchUp(): Promise<void> {
    const wanted = await newest(this.etcd);
    let still = 0;
    let seen = this.recorded;
    while (this.recorded < wanted) {
      await sleep(LOOK_MS);
      still = this.recorded === seen ? still + LOOK_MS : 0;
      seen = this.recorded;
      if (still >= 1_000) await this.watch();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.leave();
  }

  /** A watch that is only closed would try to come back for ever. */
  private async leave(): Promise<void> {
    const cancelled = this.watcher?.cancel().catch(() => undefined);
    await Promise.race([cancelled, sleep(500)]);
    this.etcd.close();
  }

  private async watch(): Promise<void> {
    if (this.closed) return;
    // A client of its own: the former may wait half a minute before it tries again.
    if (this.watcher) {
      await this.leave();
      this.etcd = connect(this.endpoint);
    }
    const watcher = await this.etcd
      .watch()
      .prefix('')
      .startRevision(String(this.recorded + 1))
      .create();
    this.watcher = watcher;
    watcher.on('error', () => undefined);
    watcher.on('data', ({ events }) => {
      if (watcher !== this.watcher) return;
      const from = this.recorded;
      const seenAt = Date.now();
      for (const { type, kv } of events) {
        const revision = Number(kv.mod_revision);
        if (revision <= from) continue;
        // Something is missing between: the next look makes the watch anew from where it is whole.
        if (revision > this.recorded + 1) return;
        this.recorded = revision;
        const key = kv.key.toString();
        if (key === FILLER) continue;
        this.writes.push({
          revision,
          key,
          value: type === 'Put' ? kv.value.toString() : null,
          seenAt,
        });
      }
    });
  }
}

function connect(endpoint: string): Etcd3 {
  return new Etcd3({
    hosts: endpoint,
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + 3_000 }),
  });
}

async function newest(etcd: Etcd3): Promise<number> {
  const givenUp = Date.now() + 20_000;
  for (;;) {
    try {
      const { header } = await etcd.kv.range({ key: Buffer.from('\0') });
      return Number(header.revision);
    } catch (error) {
      if (Date.now() > givenUp) throw error;
      await sleep(250);
    }
  }
}
