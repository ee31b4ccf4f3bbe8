/**
 * Records all that etcd ever applied. Every member is watched at once, and an event counts from the first member that tells it, so a member that is
 * killed or frozen is not missed. Revisions have no gaps: if a member leaves one out, that member is watched again from there. Nothing is compacted
 * before it is recorded.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import { clientOptions } from '../../../etcd/options.ts';
import type { Write } from '../evidence.ts';
import { MemberWatch } from './member-watch.ts';
import type { Events } from './member-watch.ts';

/** The key that is written to use up the space of etcd. Its writes are not recorded. */
export const FILLER = '/chaos/filler';
const LOOK_MS = 150;
/** If nothing comes for this long, in ms, although there is something to record, the watches are made anew, whatever the reason. */
const STILL_MS = 1_000;
const PATIENCE_MS = 20_000;

export class Recorder {
  readonly writes: Write[] = [];
  private readonly etcd: Etcd3;
  private readonly watches: readonly MemberWatch[];
  /** The last revision that is recorded completely. */
  private recorded: number;

  private constructor(endpoints: readonly string[], etcd: Etcd3, recorded: number) {
    this.etcd = etcd;
    this.recorded = recorded;
    this.watches = endpoints.map(
      (endpoint) =>
        new MemberWatch(
          endpoint,
          () => this.recorded + 1,
          (events) => this.take(events),
        ),
    );
  }

  static async open(endpoints: readonly string[]): Promise<Recorder> {
    const etcd = new Etcd3(clientOptions({ endpoints, deadlineMs: 3_000 }));
    return new Recorder(endpoints, etcd, await newest(etcd));
  }

  get revision(): number {
    return this.recorded;
  }

  /** Resolves when all that was written before the call is recorded. */
  async catchUp(): Promise<void> {
    const wanted = await newest(this.etcd);
    const givenUp = Date.now() + PATIENCE_MS;
    let moved = Date.now();
    let seen = this.recorded;
    while (this.recorded < wanted) {
      await sleep(LOOK_MS);
      if (this.recorded !== seen) moved = Date.now();
      seen = this.recorded;
      if (Date.now() > givenUp) throw new Error(`etcd is at ${wanted}, no member tells more than ${seen}`);
      if (Date.now() - moved < STILL_MS) continue;
      for (const watch of this.watches) watch.renew();
      moved = Date.now();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.close()));
    this.etcd.close();
  }

  /** Records events. `false`: revisions before them are missing. Each revision comes as a whole, and from several members. */
  private take(events: Events): boolean {
    const from = this.recorded;
    const seenAt = Date.now();
    for (const { type, kv } of events) {
      const revision = Number(kv.mod_revision);
      if (revision <= from) continue;
      if (revision > this.recorded + 1) return false;
      this.recorded = revision;
      const key = kv.key.toString();
      if (key === FILLER) continue;
      this.writes.push({ revision, key, value: type === 'Put' ? kv.value.toString() : null, seenAt });
    }
    return true;
  }
}

async function newest(etcd: Etcd3): Promise<number> {
  const givenUp = Date.now() + PATIENCE_MS;
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
