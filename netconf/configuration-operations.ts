/** Junos's own operations on its configuration: Junos XML API, "Junos XML Protocol Operations". */
import type { Path } from '../junos/tree.ts';
import { configurationFilter } from './configuration-filter.ts';
import {
  assertNoErrors,
  doing,
  unexpectedReply,
  type Done,
  type Operation,
  type Reply,
} from './operation.ts';
import { descendants, xml, type XmlElement } from './xml.ts';

/** `replace` honours `replace:` tags in the text; `merge` would take them for a mistake. Both honour `delete:`. */
export type LoadAction = 'merge' | 'replace';

/** Loads configuration text into the candidate. Not atomic: after a failure, discard. */
export function loadText(text: string, action: LoadAction): Operation<Done> {
  return load({ action, format: 'text' }, xml('configuration-text', text));
}

/** Loads `set`, `delete`, `insert` … lines. Deleting what is not there is a warning. Not atomic: after a failure, discard. */
export function loadSet(lines: readonly string[]): Operation<Done> {
  return load({ action: 'set', format: 'text' }, xml('configuration-set', lines.join('\n')));
}

function load(attributes: Readonly<Record<string, string>>, content: XmlElement): Operation<Done> {
  const name = 'load-configuration';
  return doing(name, xml(name, [content], attributes), ['ok', 'load-success', 'load-configuration-results']);
}

/** What the candidate would change, as `show | compare` prints it; empty if nothing. */
export function compareWithRunning(): Operation<string> {
  return compareWithRollback(0);
}

/** What the candidate changes against the configuration of `back` commits ago; 0 is the running one. */
export function compareWithRollback(back: number): Operation<string> {
  const name = 'get-configuration compare';
  return {
    name,
    request: xml('get-configuration', [], { compare: 'rollback', rollback: String(back), format: 'text' }),
    read: (reply) => textOf(name, reply, 'configuration-output'),
  };
}

/** Has the router check the candidate. It confirms a pending confirmed commit, whoever made it. */
export function check(): Operation<Done> {
  return doing('check', xml('commit-configuration', [xml('check')]), ['ok', 'commit-check-success']);
}

export interface CommitOptions {
  /** Comment in the commit history. */
  readonly log: string;
  /** Reverts after so many minutes unless confirmed; unlike the standard form, this one survives its session. Router's default: 10. */
  readonly confirmed?: { readonly minutes: number };
}

/** Commits the candidate, all of it. */
export function commit({ log, confirmed }: CommitOptions): Operation<Done> {
  const confirm =
    confirmed === undefined ? [] : [xml('confirmed'), xml('confirm-timeout', String(confirmed.minutes))];
  return doing('commit', xml('commit-configuration', [...confirm, xml('log', log)]), [
    'ok',
    'commit-success',
  ]);
}

export interface GetConfigurationOptions {
  readonly paths: readonly Path[];
  readonly database: 'candidate' | 'committed';
  /** With what the groups contribute. Default: as written. */
  readonly inherit?: boolean;
}

/** The given paths as configuration text, from the top of the hierarchy; empty if there is nothing. */
export function getConfiguration({ paths, database, inherit }: GetConfigurationOptions): Operation<string> {
  const name = 'get-configuration';
  const attributes = { database, format: 'text', ...(inherit === true ? { inherit: 'inherit' } : {}) };
  return {
    name,
    request: xml(name, [configurationFilter(paths)], attributes),
    read: (reply) => textOf(name, reply, 'configuration-text'),
  };
}

function textOf(name: string, reply: Reply, element: string): string {
  assertNoErrors(name, reply);
  const [found] = descendants(reply.body, element);
  if (found === undefined) throw unexpectedReply(name, reply, `<${element}>`);
  return found.text;
}

/** One entry of the commit history, the newest has number 0. */
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
  /** A confirmed commit that will still be rolled back. Its comment stays in the history for ever, this mark does not. */
  readonly rollbackPending: boolean;
}

/** The commit history. It holds 50 entries: absence proves nothing. */
export function commitInformation(): Operation<readonly CommitEntry[]> {
  const name = 'get-commit-information';
  return {
    name,
    request: xml(name),
    read(reply) {
      assertNoErrors(name, reply);
      if (descendants(reply.body, 'commit-information').length === 0)
        throw unexpectedReply(name, reply, '<commit-information>');
      return descendants(reply.body, 'commit-history').map(commitEntry);
    },
  };
}

function commitEntry(element: XmlElement): CommitEntry {
  // In one pass: fifty of them come with every look.
  const found = new Map<string, XmlElement>();
  collect(element, found);
  const text = (name: string) => found.get(name)?.text;
  const log = text('log');
  const comment = text('comment');
  const seconds = found.get('date-time')?.attributes['seconds'] ?? '';
  return {
    sequence: Number(text('sequence-number')),
    user: text('user') ?? '',
    client: text('client') ?? '',
    at: text('date-time') ?? '',
    ...(/^[0-9]{1,12}$/.test(seconds) ? { atMs: Number(seconds) * 1_000 } : {}),
    ...(log === undefined ? {} : { log }),
    ...(comment === undefined ? {} : { comment }),
    rollbackPending: /rollback pending/i.test(text('commit-confirmed') ?? ''),
  };
}

/** The first of each name, at any depth. */
function collect(element: XmlElement, found: Map<string, XmlElement>): void {
  for (const inside of element.children) {
    if (!found.has(inside.name)) found.set(inside.name, inside);
    collect(inside, found);
  }
}
