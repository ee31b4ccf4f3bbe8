/** What a user may do: which operations, by Junos's permission flags, and which statements. */
import type { Call } from './call.ts';
import type { Config } from './config.ts';
import { Refused } from './failure.ts';
import type { LoginClass } from './login-class.ts';
import { tokens } from '../../junos/lexer.ts';
import { editPath, permissionDenied, type RpcError } from './rpc-error.ts';
import { setLines } from './text-form.ts';
import type { Change } from './workspace.ts';

/** `read-only`: everything that changes something is refused with `permission denied`. */
export type Permission = 'super-user' | 'read-only' | LoginClass;

const READ_ONLY: readonly string[] = ['view', 'view-configuration'];
/** Whoever has this flag can become root. */
const MAINTENANCE = 'maintenance';

/** Refuses an operation that the user has no flag for. */
export function needsPermission({ session, operation }: Call): void {
  const { permission } = session;
  const flag = flagFor(operation.name);
  if (permission === 'super-user' || flag === undefined) return;
  const flags = permission === 'read-only' ? READ_ONLY : permission.permissions;
  if (!flags.includes(flag) && !flags.includes('all')) throw new Refused(permissionDenied(operation.name));
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

/** The same edit, refused as a whole where it touches a statement that the user may not change. */
export function permitted({ session }: Call, change: Change): Change {
  const { permission } = session;
  if (typeof permission === 'string') return change;
  return (config) => {
    const loaded = change(config);
    const denied = changedPaths(config, loaded.config).filter((path) => !allows(permission, path));
    return denied.length === 0 ? loaded : { config, errors: denied.map(denial) };
  };
}

function denial(path: readonly string[]): RpcError {
  return { ...permissionDenied(path.at(-1) ?? ''), path: editPath(path.slice(0, -1)) };
}

/** Of each statement that came, went, or has another place among those that stayed. */
function changedPaths(from: Config, to: Config): readonly (readonly string[])[] {
  const [old, now] = [setLines(from), setLines(to)];
  const [had, has] = [new Set(old), new Set(now)];
  const [oldStayed, stayed] = [old.filter((line) => has.has(line)), now.filter((line) => had.has(line))];
  const changed = [
    ...old.filter((line) => !has.has(line)),
    ...now.filter((line) => !had.has(line)),
    ...stayed.filter((line, index) => line !== oldStayed[index]),
  ];
  return changed.map((line) => wordsOf(line).slice(1));
}

function wordsOf(line: string): readonly string[] {
  return [...tokens(line)].flatMap((token) => (token.kind === 'word' ? [token.text] : []));
}

/** Each word of a pattern is a regular expression for one word of the path; what is below is meant too. */
function allows({ allowConfiguration }: LoginClass, path: readonly string[]): boolean {
  return allowConfiguration.some(
    (pattern) =>
      pattern.length <= path.length &&
      pattern.every((word, at) => new RegExp(`^(?:${word})$`, 'i').test(path[at] ?? '')),
  );
}
