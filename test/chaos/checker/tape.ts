/** A router's tape, replayed: what ran at each moment, and what would be left if the pending commit fell back. */
import type { Author, TapeEntry } from '../../../simulator/device/tape.ts';
import type { RouterEvidence } from '../evidence.ts';
import { linesOf } from './lines.ts';

/** Statements in set form, in their order. */
export interface Lines {
  readonly list: readonly string[];
  readonly has: ReadonlySet<string>;
}

export interface Moment {
  readonly at: number;
  /** `undefined`: the beginning. */
  readonly entry: TapeEntry | undefined;
  readonly running: Lines;
  /** What is left if the pending commit falls back. */
  readonly permanent: Lines;
  readonly pending: Author | null;
}

export class Tape {
  readonly router: RouterEvidence;
  /** One for each entry that changes what runs or what is pending, after the beginning. */
  readonly moments: readonly Moment[];
  readonly base: Lines;
  readonly end: Lines;

  constructor(router: RouterEvidence) {
    this.router = router;
    const read = reader();
    this.base = read(router.base);
    this.end = read(router.end.running);
    const moments: Moment[] = [
      { at: -Infinity, entry: undefined, running: this.base, permanent: this.base, pending: null },
    ];
    for (const entry of router.tape) {
      const next = after(moments.at(-1) as Moment, entry, read);
      if (next) moments.push(next);
    }
    this.moments = moments;
  }

  get name(): string {
    return this.router.name;
  }

  isOurs(user: string): boolean {
    return user === this.router.ourUser;
  }

  /** How the router stood at that time, with all that happened in that millisecond. */
  at(time: number): Moment {
    return this.moments.findLast(({ at }) => at <= time) as Moment;
  }
}

function after(before: Moment, entry: TapeEntry, read: (text: string) => Lines): Moment | undefined {
  const { at } = entry;
  switch (entry.kind) {
    case 'committed': {
      const running = read(entry.config);
      const { user, log } = entry;
      return entry.until === null
        ? { at, entry, running, permanent: running, pending: null }
        : { at, entry, running, permanent: before.running, pending: { user, log } };
    }
    case 'confirmed':
    case 'stayed':
      return { ...before, at, entry, permanent: before.running, pending: null };
    case 'fell back':
    case 'restarted': {
      // Whether a restart forgets what is pending shows in what comes after it.
      const running = read(entry.config);
      return { at, entry, running, permanent: running, pending: null };
    }
    case 'edited':
    case 'discarded':
    case 'killed':
    case 'vrrp':
    case 'bgp':
    case 'showed':
      return undefined;
  }
}

function reader(): (text: string) => Lines {
  const known = new Map<string, Lines>();
  return (text) => {
    const found = known.get(text);
    if (found) return found;
    const list = linesOf(text);
    const lines = { list, has: new Set(list) };
    known.set(text, lines);
    return lines;
  };
}
