/** What a candidate would change, read from `show | compare`; and whether that stays within what somebody owns. */
import type { Path } from '../junos/tree.ts';
import { diffStatements, type DiffStatement } from './diff-statements.ts';
import { oneLine } from './one-line.ts';

export { DiffError } from './diff-statements.ts';

/** One changed leaf, list value, empty or elided block. */
interface Change {
  /** Added, removed, or (`!`) moved among its siblings, activated or deactivated. */
  readonly sign: '+' | '-' | '!';
  /** Words from the top of the hierarchy; of a list, with the one value. */
  readonly path: Path;
  /** `inactive`, `active`, `protect`, … */
  readonly tag?: string;
  /** In the diff, from 1. */
  readonly line: number;
}

/**
 * Reads a diff. A list that is printed as removed and as added again counts with the values that differ; if what stayed is in
 * another order, as moved.
 *
 * @example
 * readDiff('[edit interfaces ae0]\n+    unit 1025 {\n+        vlan-id 1025;\n+    }\n')
 * // [{ sign: '+', path: ['interfaces', 'ae0', 'unit', '1025', 'vlan-id', '1025'], line: 3 }]
 * @throws {DiffError} if the text is no such diff.
 */
export function readDiff(text: string): readonly Change[] {
  const statements = diffStatements(text);
  const lists = changedLists(statements);
  const seen = new Set<string>();
  return statements.flatMap((statement): readonly Change[] => {
    if (statement.sign === ' ') return [];
    const key = listKey(statement, lists);
    const list = key === undefined ? undefined : lists.get(key);
    if (key === undefined || list === undefined) return [change(statement, statement.sign)];
    if (seen.has(key)) return [];
    seen.add(key);
    return listChanges(statement, list);
  });
}

/** Changes that are not within one of the owned paths. A container on the way to an owned path is within if all it holds is. */
export function outside(changes: readonly Change[], owned: readonly Path[]): readonly Change[] {
  return changes.filter(({ path }) => !owned.some((own) => own.every((word, index) => path[index] === word)));
}

/** A change for people. */
export function describeChange({ sign, path }: Change): string {
  return `${sign} ${describePath(path)}`;
}

/** A statement for people: what a router keeps as a secret (`$9$…`, `$6$…`) is left out, and what is long is cut. */
export function describePath(path: Path): string {
  return oneLine(path.map((word) => (/^\$[0-9a-z]+\$/.test(word) ? '(hidden)' : word)).join(' '), 200);
}

function change({ path, tag, line }: DiffStatement, sign: Change['sign']): Change {
  return { sign, path, ...(tag === undefined ? {} : { tag }), line };
}

interface ListValues {
  readonly path: Path;
  /** In order, each once. */
  readonly removed: Set<string>;
  readonly added: Set<string>;
}

/** By path, the lists that changed. A list of one is printed like a leaf: it is known by the other sign's, or not at all. */
function changedLists(statements: readonly DiffStatement[]): ReadonlyMap<string, ListValues> {
  const keys = new Set(statements.filter(isChangedList).map(({ path }) => JSON.stringify(path)));
  const lists = new Map<string, ListValues>();
  for (const statement of statements) {
    const { sign, path, values } = statement;
    const key = listKey(statement, keys);
    if (key === undefined) continue;
    const list = lists.get(key) ?? { path: JSON.parse(key) as Path, removed: new Set(), added: new Set() };
    lists.set(key, list);
    for (const value of values ?? path.slice(-1)) (sign === '-' ? list.removed : list.added).add(value);
  }
  return lists;
}

function isChangedList({ sign, values = [], tag }: DiffStatement): boolean {
  return values.length > 0 && tag === undefined && (sign === '+' || sign === '-');
}

function listKey(
  { path, values, sign, tag }: DiffStatement,
  keys: { has(key: string): boolean },
): string | undefined {
  if (sign === ' ' || sign === '!' || tag !== undefined || values?.length === 0) return undefined;
  const key = JSON.stringify(values === undefined ? path.slice(0, -1) : path);
  return keys.has(key) ? key : undefined;
}

function listChanges({ line }: DiffStatement, { path, removed, added }: ListValues): readonly Change[] {
  const value =
    (sign: Change['sign']) =>
    (word: string): Change => ({ sign, path: [...path, word], line });
  const gone = [...removed].filter((word) => !added.has(word));
  const come = [...added].filter((word) => !removed.has(word));
  const before = [...removed].filter((word) => added.has(word));
  const after = [...added].filter((word) => removed.has(word));
  const moved: readonly Change[] = before.join('\n') === after.join('\n') ? [] : [{ sign: '!', path, line }];
  return [...gone.map(value('-')), ...come.map(value('+')), ...moved];
}
