/**
 * What a router prints of its configuration, as far as that can be read. Text that can't be read, or that the router refuses to show, concerns only the
 * stanza that it is asked for: if the text for all stanzas can't be read, the router is asked for each stanza alone.
 */
import { FAILURES } from '../../gateway/failures.ts';
import { distinct } from '../../gateway/lists.ts';
import { parse } from '../../junos/parse.ts';
import { pathKey, within } from '../../junos/select.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import { describePath } from '../../netconf/diff.ts';
import { DamagedTextError, ProtocolError, RpcFailedError } from '../../netconf/errors.ts';
import type { Operation, Outcome } from '../../netconf/operation.ts';
import { describeRpcError } from '../../netconf/rpc-error.ts';
import type { Session } from '../../netconf/session.ts';
import { RefusedError } from '../refused.ts';

/** A stanza that can't be read, so nobody knows what stands there. */
export interface Unreadable {
  readonly path: Path;
  readonly why: string;
  /** The router has shown no text: it has refused to, or has answered with something else. Absent: it has shown text that can't be read. */
  readonly refusal?: Error;
}

export interface RunningConfiguration {
  /** All that can be read. */
  readonly tree: readonly Statement[];
  /** The stanza that holds this path, if it can't be read. */
  readonly unreadable: (path: Path) => Unreadable | undefined;
  /** The router's refusal, if it has shown no text for any of several stanzas, nor for all of them together. */
  readonly refusal?: Error;
}

/** In words for a person: the stanza, and why it can't be read. */
export function describeUnreadable({ path, why }: Pick<Unreadable, 'path' | 'why'>): string {
  return `"${describePath(path)}" can't be read (${why})`;
}

/** The error of a member of which a stanza can't be read. */
export function unreadableError(unread: Unreadable): RefusedError {
  const type = unread.refusal === undefined ? FAILURES.Conflict : FAILURES.RouterRefused;
  return new RefusedError(type, describeUnreadable(unread));
}

/**
 * Reads the text with all these stanzas. Under the router's lock nothing can come between the requests but a fall-back, and the next look shows that.
 * Throws any error of a request that does not concern its text.
 */
export async function readStanzas(
  netconf: Session,
  printed: Outcome<string>,
  stanzas: readonly Path[],
  ask: (paths: readonly Path[]) => Operation<string>,
): Promise<RunningConfiguration> {
  const whole = readText(netconf, printed);
  if (whole.kind === 'read') return { tree: whole.tree, unreadable: () => undefined };
  const paths = distinct(stanzas);
  const texts = await netconf.pipeline(paths.map((path) => ask([path])));
  const found = texts.map((text, index) => ({ path: paths[index] ?? [], ...readText(netconf, text) }));
  const read = found.flatMap((one) => (one.kind === 'read' ? [one] : []));
  // What stands in a stanza inside another one is in the text of both.
  const outermost = read.filter(
    ({ path }) => !read.some((other) => other.path.length < path.length && within(path, other.path)),
  );
  const byPath = new Map(found.map((one) => [pathKey(one.path), one]));
  const refusals = found.flatMap((one) => (one.kind === 'unreadable' ? (one.refusal ?? []) : []));
  return {
    tree: outermost.flatMap(({ tree }) => tree),
    unreadable: (path) => {
      const holds = path.map((_, index) => byPath.get(pathKey(path.slice(0, path.length - index))));
      const innermost = holds.find((one) => one !== undefined);
      return innermost?.kind === 'unreadable' ? innermost : undefined;
    },
    ...(refusals.length === found.length && refusals[0] && { refusal: refusals[0] }),
  };
}

/** The first of these stanzas that can't be read. */
export function unreadableIn(
  { unreadable }: RunningConfiguration,
  stanzas: readonly Path[],
): Unreadable | undefined {
  return stanzas.map(unreadable).find((one) => one !== undefined);
}

type ReadText =
  | { readonly kind: 'read'; readonly tree: readonly Statement[] }
  | ({ readonly kind: 'unreadable' } & Omit<Unreadable, 'path'>);

/** Reads configuration text. Throws any error of its request that does not concern the text. */
export function readText({ isOpen }: Pick<Session, 'isOpen'>, printed: Outcome<string>): ReadText {
  if (printed.kind === 'failed') {
    const { error } = printed;
    if (error instanceof DamagedTextError) {
      const { line, column, expected, got } = error;
      return { kind: 'unreadable', why: new JunosSyntaxError({ line, column }, expected, got).message };
    }
    if (error instanceof RpcFailedError) {
      const why = `${error.operation} was refused: ${error.errors.map(describeRpcError).join('; ')}`;
      return { kind: 'unreadable', why, refusal: error };
    }
    // After any other breach of the protocol, the session has ended.
    if (error instanceof ProtocolError && isOpen)
      return { kind: 'unreadable', why: error.message, refusal: error };
    throw error;
  }
  try {
    return { kind: 'read', tree: parse(printed.value, { by: 'router' }) };
  } catch (error) {
    if (!(error instanceof JunosSyntaxError)) throw error;
    return { kind: 'unreadable', why: error.message };
  }
}
