/**
 * Junos's own operations on the configuration. They are described in Juniper's "Junos XML Management Protocol Developer Guide"; a router
 * offers them in a NETCONF session if its hello names the capability of Junos.
 */
import { toElements, type ElementStep } from '../junos/elements.ts';
import type { Path } from '../junos/tree.ts';
import {
  assertNoErrors,
  doing,
  isSilent,
  saysNothingRuns,
  unexpectedReply,
  type Done,
  type Operation,
  type Reply,
} from './operation.ts';
import { contended } from './contention.ts';
import { REPLACEMENT } from './bad-octets.ts';
import { DamagedTextError } from './errors.ts';
import { firstOf, xml, type XmlElement } from './xml.ts';

/**
 * `<load-configuration action="merge" format="text">`: loads configuration text into the candidate. If that fails, a part of the text may be
 * loaded: the caller has to discard it.
 */
export function loadText(text: string): Operation<Done> {
  return load({ action: 'merge', format: 'text' }, xml('configuration-text', text));
}

/**
 * `<load-configuration action="set">`: loads `set`, `delete`, `insert` … lines. Deleting a statement that does not exist is only a
 * warning. If the load fails, some lines may be loaded: the caller has to discard them.
 */
export function loadSet(lines: readonly string[]): Operation<Done> {
  return load({ action: 'set', format: 'text' }, xml('configuration-set', lines.join('\n')));
}

/** `<load-configuration rollback="…">`: loads the configuration of `back` commits ago; 0 is the running one. */
export function loadRollback(back: number): Operation<Done> {
  return load({ rollback: String(back) });
}

function load(
  attributes: Readonly<Record<string, string>>,
  ...content: readonly XmlElement[]
): Operation<Done> {
  const name = 'load-configuration';
  const success = ['ok', 'load-success', 'load-configuration-results'];
  return contended(doing(name, xml(name, content, attributes), success));
}

/**
 * `<get-configuration compare="rollback" rollback="0">`: the diff between running configuration and candidate, as `show | compare` prints it. In the diff,
 * characters that the router should not have sent are U+FFFD. That does no harm: the diff is read for what we have changed and where, and our words are
 * ASCII.
 */
export function compareWithRunning(): Operation<string> {
  return compareWithRollback(0);
}

/** The diff against the configuration of `back` commits ago; 0 is the running one. */
export function compareWithRollback(back: number): Operation<string> {
  const name = 'get-configuration compare';
  return {
    name,
    request: xml('get-configuration', [], { compare: 'rollback', rollback: String(back), format: 'text' }),
    read: (reply) => elementOf(name, reply, 'configuration-output')?.text ?? '',
  };
}

/** `<commit-configuration><check/>`: the router checks the candidate. A check also confirms a pending commit, whoever made that commit. */
export function check(): Operation<Done> {
  const request = xml('commit-configuration', [xml('check')]);
  return contended(doing('check', request, ['ok', 'commit-check-success']));
}

interface CommitOptions {
  /** Comment in the commit history. */
  readonly log: string;
  /** The router rolls back after so many minutes unless the commit is confirmed. The end of the session does not matter, unlike in RFC 6241 §8.4. */
  readonly confirmed?: { readonly minutes: number };
}

/** `<commit-configuration>`: commits the whole candidate, edits of other people included. */
export function commit({ log, confirmed }: CommitOptions): Operation<Done> {
  const confirm =
    confirmed === undefined ? [] : [xml('confirmed'), xml('confirm-timeout', String(confirmed.minutes))];
  const request = xml('commit-configuration', [...confirm, xml('log', log)]);
  return contended(doing('commit', request, ['ok', 'commit-success']));
}

interface GetConfigurationOptions {
  readonly paths: readonly Path[];
  readonly database: 'candidate' | 'committed';
  /** Whether statements inherited from configuration groups are included. Default: no. */
  readonly inherit?: boolean;
  /**
   * Whether text is read that holds characters that the router should not have sent, each as U+FFFD. For a reader that refuses them where they count.
   * Default: such text is refused.
   */
  readonly mayBeDamaged?: boolean;
}

/**
 * `<get-configuration>`: the configuration at these paths, as text from the top of the hierarchy; empty if there is none. If the text is to be compared,
 * it is refused by a `DamagedTextError` if it holds characters that the router should not have sent.
 */
export function getConfiguration({
  paths,
  database,
  inherit,
  mayBeDamaged = false,
}: GetConfigurationOptions): Operation<string> {
  const name = 'get-configuration';
  const attributes = { database, format: 'text', ...(inherit === true ? { inherit: 'inherit' } : {}) };
  return {
    name,
    request: xml(name, [configurationFilter(paths)], attributes),
    read: (reply) => {
      const found = elementOf(name, reply, 'configuration-text');
      if (found?.isDamaged === true && !mayBeDamaged)
        throw new DamagedTextError(reply.peer, `in ${name}`, placeOfDamage(found));
      return found?.text ?? '';
    },
  };
}

/** `undefined`: a router that has nothing to show may leave the element out. */
function elementOf(name: string, reply: Reply, element: string): XmlElement | undefined {
  assertNoErrors(name, reply);
  const found = firstOf(reply.body, element);
  if (found === undefined && !isSilent(reply, 'configuration-information') && !saysNothingRuns(reply))
    throw unexpectedReply(name, reply, `<${element}>`);
  return found;
}

function placeOfDamage({ text }: XmlElement) {
  const before = text.slice(0, Math.max(text.indexOf(REPLACEMENT), 0)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

interface FilterNode {
  readonly step: ElementStep;
  readonly children: Map<string, FilterNode>;
  /** A path ends here: everything below is selected, so longer paths add nothing. */
  whole: boolean;
}

/**
 * The subtree filter of `<get-configuration>` for some paths; elements that paths share occur once.
 *
 * @example
 * writeXml(configurationFilter([['interfaces', 'ae0', 'unit', '5']]))
 * // <configuration><interfaces><interface><name>ae0</name><unit><name>5</name></unit></interface></interfaces></configuration>
 */
function configurationFilter(paths: readonly Path[]): XmlElement {
  const top: FilterNode = { step: { element: 'configuration' }, children: new Map(), whole: false };
  for (const path of paths) add(top, toElements(path));
  return write(top);
}

function add(top: FilterNode, steps: readonly ElementStep[]): void {
  let at = top;
  for (const step of steps) {
    const key = JSON.stringify([step.element, step.names ?? step.name ?? null, step.value ?? null]);
    const next = at.children.get(key) ?? { step, children: new Map<string, FilterNode>(), whole: false };
    at.children.set(key, next);
    at = next;
  }
  at.whole = true;
}

function write({ step, children, whole }: FilterNode): XmlElement {
  if (step.value !== undefined) return xml(step.element, step.value);
  const names = step.names ?? (step.name === undefined ? {} : { name: step.name });
  const keys = Object.entries(names).map(([element, name]) => xml(element, name));
  return xml(step.element, [...keys, ...(whole ? [] : [...children.values()].map(write))]);
}
