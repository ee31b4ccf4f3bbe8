/** Takes secrets out of what a router says of them, before anybody sees it. */
import { inQuotes } from '../../junos/print.ts';
import { RpcFailedError, UnexpectedReplyError } from '../../netconf/errors.ts';
import type { RpcError } from '../../netconf/rpc-error.ts';
import { RefusedError } from '../refused.ts';

/** The error without the secrets that a router repeats in it. */
export type Hide = <E>(error: E) => E;

/** `values`: all secrets that the router was told, by placeholder. */
export function hiding(values: readonly (readonly [placeholder: string, secret: string])[]): Hide {
  const placeholders = formsOf(values);
  if (placeholders.size === 0) return (error) => error;
  // All forms are replaced at once, so that no placeholder is taken for a secret. Of those that begin alike, the longest one counts.
  const longestFirst = [...placeholders.keys()].toSorted((one, other) => other.length - one.length);
  const anySecret = new RegExp(longestFirst.map(literally).join('|'), 'g');
  const hidden = (text: string): string =>
    text.replace(anySecret, (form) => placeholders.get(form) ?? '(hidden)');
  return <E>(error: E): E => withHidden(error, hidden) as E;
}

/** The placeholder of each form in which a router may repeat a secret: as it is, and as it stands in configuration text. */
function formsOf(values: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map(
    values
      .filter(([, secret]) => secret !== '')
      .flatMap(([placeholder, secret]) => {
        const quoted = inQuotes(secret);
        return [secret, quoted, quoted.slice(1, -1)].map((form) => [form, placeholder] as const);
      }),
  );
}

function withHidden(error: unknown, hidden: (text: string) => string): unknown {
  const inAll = (errors: readonly RpcError[]) => errors.map((one) => hiddenIn(one, hidden));
  if (error instanceof RpcFailedError) {
    const { peer, operation, errors, warnings } = error;
    return new RpcFailedError(peer, operation, { errors: inAll(errors), warnings: inAll(warnings) });
  }
  if (error instanceof UnexpectedReplyError)
    return new UnexpectedReplyError(error.peer, error.reason, inAll(error.warnings));
  // `refusalIn` makes a refusal of an unexpected reply, with the same words.
  if (error instanceof RefusedError && error.cause instanceof UnexpectedReplyError) {
    const cause = withHidden(error.cause, hidden) as UnexpectedReplyError;
    return new RefusedError(error.type, cause.message, { cause });
  }
  return error;
}

function hiddenIn(error: RpcError, hidden: (text: string) => string): RpcError {
  const { path, message, badElement } = error;
  return {
    ...error,
    ...(path !== undefined && { path: hidden(path) }),
    ...(message !== undefined && { message: hidden(message) }),
    ...(badElement !== undefined && { badElement: hidden(badElement) }),
  };
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
