/** The permissions of users: super-user, read-only, or a login class of Junos. */

import { tokens } from '../../junos/lexer.ts';
import { parse } from '../../junos/parse.ts';
import { blocksOf, inside, listOf, type Config } from './config/config.ts';
import type { ConfigEdit } from './config/load-text.ts';
import { setLines } from './config/text-form.ts';
import { editPath, permissionDenied, RefusedError, type RpcError } from './rpc-error.ts';

/** A user with `read-only` gets `permission denied` for every operation that changes something. */
export type Permission = 'super-user' | 'read-only' | LoginClass;

/** The parts of a login class that the router obeys. */
export interface LoginClass {
  /** Flags: `configure`, `view`, `view-configuration`, `maintenance`, `all`. */
  readonly permissions: readonly string[];
  /** `allow-configuration-regexps`, each split into its words. */
  readonly allowConfiguration: readonly (readonly RegExp[])[];
}

const HEEDED = ['permissions', 'allow-configuration-regexps'] as const;

/**
 * Reads a class of `system login` from Junos text. Throws a `JunosSyntaxError`, or a `RangeError` if the class does not
 * exist, or has a statement that the router would not obey or a pattern that is no regular expression.
 *
 * @example
 * loginClass('system { login { class c { permissions [ view ]; } } }', 'c')
 */
export function loginClass(text: string, name: string): LoginClass {
  const config: Config = parse(text);
  const found = blocksOf(inside(config, 'system', 'login'), 'class').find(({ words }) => words[1] === name);
  if (!found) throw new RangeError(`Expected a login class ${name}, got none`);
  const statements = found.children ?? [];
  const unheeded = statements.find(({ words }) => !HEEDED.some((known) => known === words[0]));
  if (unheeded) throw new RangeError(`Expected ${HEEDED.join(' or ')}, got ${unheeded.words.join(' ')}`);
  const [permissions, patterns] = HEEDED.map((word) => listOf(statements, word));
  return { permissions: permissions ?? [], allowConfiguration: (patterns ?? []).map(wordsOfPattern) };
}

function wordsOfPattern(pattern: string): readonly RegExp[] {
  try {
    // Each word is read alone first: `a)|(b` is one only between other parentheses.
    return pattern.split(' ').map((word) => new RegExp(`^(?:${new RegExp(word).source})$`, 'i'));
  } catch {
    throw new RangeError(`Expected regular expressions, got ${pattern}`);
  }
}

const READ_ONLY: readonly string[] = ['view', 'view-configuration'];
/** A user with this flag can become root. */
const MAINTENANCE = 'maintenance';

/** Throws a RefusedError for an operation that the user has no flag for. `operation` is the element's name. */
export function requirePermission(permission: Permission, operation: string): void {
  const flag = flagFor(operation);
  if (permission === 'super-user' || flag === undefined) return;
  const flags = permission === 'read-only' ? READ_ONLY : permission.permissions;
  if (!flags.includes(flag) && !flags.includes('all')) throw new RefusedError(permissionDenied(operation));
}

function flagFor(operation: string): string | undefined {
  switch (operation) {
    case 'close-session':
      return undefined;
    case 'kill-session':
      return MAINTENANCE;
    case 'get-configuration':
    case 'get-config':
      return 'view-configuration';
    default:
      return operation.startsWith('get-') ? 'view' : 'configure';
  }
}

/** The same edit, but refused as a whole if it changes a statement that the user may not change. */
export function permittedEdit(permission: Permission, edit: ConfigEdit): ConfigEdit {
  if (typeof permission === 'string') return edit;
  return (config) => {
    const loaded = edit(config);
    const denied = changedPaths(config, loaded.config).filter((path) => !allows(permission, path));
    return denied.length === 0 ? loaded : { config, errors: denied.map(denial) };
  };
}

function denial(path: readonly string[]): RpcError {
  return { ...permissionDenied(path.at(-1) ?? ''), path: editPath(path.slice(0, -1)) };
}

/**
 * The paths of all statements that were added, removed or moved. A statement was moved if it has another place among the statements that both
 * configurations have.
 */
function changedPaths(from: Config, to: Config): readonly (readonly string[])[] {
  const [before, after] = [setLines(from), setLines(to)];
  const [inBefore, inAfter] = [new Set(before), new Set(after)];
  const [commonBefore, commonAfter] = [
    before.filter((line) => inAfter.has(line)),
    after.filter((line) => inBefore.has(line)),
  ];
  const changed = [
    ...before.filter((line) => !inAfter.has(line)),
    ...after.filter((line) => !inBefore.has(line)),
    ...commonAfter.filter((line, index) => line !== commonBefore[index]),
  ];
  return changed.map((line) => wordsOf(line).slice(1));
}

function wordsOf(line: string): readonly string[] {
  return [...tokens(line)].flatMap((token) => (token.kind === 'word' ? [token.text] : []));
}

/** Each word of a pattern is a regular expression for one word of the path. A pattern also covers everything below the path that it matches. */
function allows({ allowConfiguration }: LoginClass, path: readonly string[]): boolean {
  return allowConfiguration.some(
    (pattern) => pattern.length <= path.length && pattern.every((word, at) => word.test(path[at] ?? '')),
  );
}
