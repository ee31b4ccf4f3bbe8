/** The commit history: `<get-commit-information>` of Juniper's "Junos XML API Operational Developer Reference", `show system commit`. */
import { assertNoErrors, unexpectedReply, type Operation } from './operation.ts';
import { descendants, firstOf, xml, type XmlElement } from './xml.ts';

/** One entry of the commit history. */
export interface CommitEntry {
  /** 0 for the newest entry. */
  readonly sequence: number;
  readonly user: string;
  /** `netconf`, `cli`, …; `other` if the router made the commit by itself. */
  readonly client: string;
  /** Time of the commit, as the router prints it. */
  readonly at: string;
  /** The time of the commit in ms since the epoch, to the second, by the router's clock. Absent if the router gives no number. */
  readonly atMs?: number;
  readonly log?: string;
  /**
   * The router's own comment: `commit confirmed, rollback in 10mins`. The comment stays when the commit is confirmed. Several comments are
   * joined by `; `.
   */
  readonly comment?: string;
  /** Whether the router marks this entry as a confirmed commit that it will roll back. */
  readonly rollbackPending: boolean;
}

/**
 * Entries, the newest first. A router keeps 50, so a commit that is not among them may have been made earlier. An entry is parsed
 * when the iteration reaches it, because most readers need only the newest one.
 */
export type CommitHistory = Iterable<CommitEntry>;

/** `<get-commit-information>`: the whole history. The request has no parameter by which the reply could be limited. */
export function commitInformation(): Operation<CommitHistory> {
  const name = 'get-commit-information';
  return {
    name,
    request: xml(name),
    read(reply) {
      assertNoErrors(name, reply);
      // A router with several routing engines may answer for each of them: the first one counts.
      const information = firstOf(reply.body, 'commit-information');
      if (information === undefined) throw unexpectedReply(name, reply, '<commit-information>');
      return new LazyHistory(descendants(information, 'commit-history'));
    },
  };
}

class LazyHistory implements CommitHistory {
  readonly #elements: readonly XmlElement[];
  readonly #entries: CommitEntry[] = [];

  constructor(elements: readonly XmlElement[]) {
    this.#elements = elements;
  }

  *[Symbol.iterator](): Generator<CommitEntry, void> {
    for (const [index, element] of this.#elements.entries())
      yield (this.#entries[index] ??= commitEntry(element));
  }
}

function commitEntry(element: XmlElement): CommitEntry {
  const date = firstOf(element, 'date-time');
  const atMs = date && secondsOf(date);
  const log = textOf(element, 'log');
  const comments = descendants(element, 'comment').map(({ text }) => text);
  return {
    sequence: Number(textOf(element, 'sequence-number')),
    user: textOf(element, 'user') ?? '',
    client: textOf(element, 'client') ?? '',
    at: date?.text ?? '',
    ...(atMs === undefined ? {} : { atMs }),
    ...(log === undefined ? {} : { log }),
    ...(comments.length === 0 ? {} : { comment: comments.join('; ') }),
    rollbackPending: /rollback pending/i.test(textOf(element, 'commit-confirmed') ?? ''),
  };
}

/** The time of a `<date-time seconds="…">` in ms since the epoch; `undefined` without that number. */
export function secondsOf({ attributes }: XmlElement): number | undefined {
  const seconds = attributes['seconds'] ?? '';
  return /^[0-9]{1,12}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}

function textOf(element: XmlElement, name: string): string | undefined {
  return firstOf(element, name)?.text;
}
