/** The changes of a candidate, read from the diff that `show | compare` prints, and whether all of them lie within owned paths. */
import type { Path } from '../junos/tree.ts';
import { diffStatements, type DiffStatement } from './diff-statements.ts';
import { oneLine } from './one-line.ts';

export { DiffError } from './diff-statements.ts';

/** One changed leaf, value of a list, or block without content. */
interface DiffChange {
  /** `+` added, `-` removed, `!` moved among its siblings, activated or deactivated. */
  readonly sign: '+' | '-' | '!';
  /** Words from the top of the hierarchy. The path of a list's value ends with the value. */
  readonly path: Path;
  /** `inactive`, `active`, `protect`, … */
  readonly tag?: string;
  /** Line of the diff, from 1. */
  readonly line: number;
}

/**
 * Reads a diff. Routers print a changed list twice: removed with its old values, added with the new ones. Only the values
 * that differ count as changes. If the values that stay are in another order, the list itself is a change with the sign `!`.
 *
 * @example
 * readDiff('[edit interfaces ae0]\n+    unit 1025 {\n+        vlan-id 1025;\n+    }\n')
 * // [{ sign: '+', path: ['interfaces', 'ae0', 'unit', '1025', 'vlan-id', '1025'], line: 3 }]
 * @throws {DiffError} if the text is not such a diff.
 */
export function readDiff(text: string): readonly DiffChange[] {
  const statements = diffStatements(text);
  const lists = changedLists(statements);
  const seen = new Set<string>();
  return statements.flatMap((statement): readonly DiffChange[] => {
    if (statement.sign === ' ') return [];
    const key = listKey(statement, lists);
    const list = key === undefined ? undefined : lists.get(key);
    if (key === undefined || list === undefined) return [change(statement, statement.sign)];
    if (seen.has(key)) return [];
    seen.add(key);
    return listChanges(statement, list);
  });
}

/** The changes that lie within none of the owned paths. */
export function outside(changes: readonly DiffChange[], owned: readonly Path[]): readonly DiffChange[] {
  return changes.filter(({ path }) => !owned.some((own) => own.every((word, index) => path[index] === word)));
}

/** A change in words. */
export function describeChange({ sign, path }: DiffChange): string {
  return `${sign} ${describePath(path)}`;
}

/** A path in words, on one line. Secrets (`$9$…`, `$6$…`) are left out, and long paths are cut. */
export function describePath(path: Path): string {
  return oneLine(path.map((word) => (/^\$[0-9a-z]+\$/.test(word) ? '(hidden)' : word)).join(' '), 200);
}

function change({ path, tag, line }: DiffStatement, sign: DiffChange['sign']): DiffChange {
  return { sign, path, ...(tag === undefined ? {} : { tag }), line };
}

interface ListValues {
  readonly path: Path;
  /** Each value once, in order. */
  readonly removed: Set<string>;
  readonly added: Set<string>;
}

/**
 * The lists that changed, by path. A list with one value is printed like a leaf. It is known to be a list only if the same list with the other sign has
 * several values.
 */
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

function listChanges({ line }: DiffStatement, { path, removed, added }: ListValues): readonly DiffChange[] {
  const value =
    (sign: DiffChange['sign']) =>
    (word: string): DiffChange => ({ sign, path: [...path, word], line });
  const gone = [...removed].filter((word) => !added.has(word));
  const come = [...added].filter((word) => !removed.has(word));
  const before = [...removed].filter((word) => added.has(word));
  const after = [...added].filter((word) => removed.has(word));
  const moved: readonly DiffChange[] =
    before.join('\n') === after.join('\n') ? [] : [{ sign: '!', path, line }];
  return [...gone.map(value('-')), ...come.map(value('+')), ...moved];
}
