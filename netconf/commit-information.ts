/** The commit history. Junos XML API, `<get-commit-information>`; the command is `show system commit`. */
import { assertNoErrors, unexpectedReply, type Operation } from './operation.ts';
import { descendants, firstOf, xml, type XmlElement } from './xml.ts';

/** One entry of the commit history; the newest has number 0. */
export interface CommitEntry {
  readonly sequence: number;
  readonly user: string;
  /** `netconf`, `cli`, `other` (the router itself), … */
  readonly client: string;
  /** As the router prints it. */
  readonly at: string;
  /** The same by the router's clock, in ms since the epoch, to the second; absent where it gives no number. */
  readonly atMs?: number;
  readonly log?: string;
  /** What the router added: `commit confirmed, rollback in 10mins`. It stays for ever. */
  readonly comment?: string;
  /** The entry is marked as a confirmed commit that will still be rolled back. */
  readonly rollbackPending: boolean;
}

/**
 * Entries, newest first. A router keeps 50: a commit that is not among them may have been made all the same.
 * Each entry is read when it is first iterated over, because most looks need only the newest one.
 */
export type CommitHistory = Iterable<CommitEntry>;

/** Asks for the whole history: Junos has no option that limits the reply. */
export function commitInformation(): Operation<CommitHistory> {
  const name = 'get-commit-information';
  return {
    name,
    request: xml(name),
    read(reply) {
      assertNoErrors(name, reply);
      if (firstOf(reply.body, 'commit-information') === undefined)
        throw unexpectedReply(name, reply, '<commit-information>');
      return new LazyHistory(descendants(reply.body, 'commit-history'));
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
  const seconds = date?.attributes['seconds'] ?? '';
  const log = textOf(element, 'log');
  const comment = textOf(element, 'comment');
  return {
    sequence: Number(textOf(element, 'sequence-number')),
    user: textOf(element, 'user') ?? '',
    client: textOf(element, 'client') ?? '',
    at: date?.text ?? '',
    ...(/^[0-9]{1,12}$/.test(seconds) ? { atMs: Number(seconds) * 1_000 } : {}),
    ...(log === undefined ? {} : { log }),
    ...(comment === undefined ? {} : { comment }),
    rollbackPending: /rollback pending/i.test(textOf(element, 'commit-confirmed') ?? ''),
  };
}

function textOf(element: XmlElement, name: string): string | undefined {
  return firstOf(element, name)?.text;
}
