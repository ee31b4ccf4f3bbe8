import { displayName } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { EXPECTED, matchesType } from '../../gateway/field-types.ts';
import { edgeRouter, isRecord } from '../../gateway/resource.ts';
import { shownValue } from '../../gateway/validate.ts';
import type { RouterTarget } from '../../netconf/pool.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import type { Store } from '../../etcd/store.ts';
import { RefusedError } from '../refused.ts';

export interface NamedTarget {
  /** For messages: the router's name, or its id. */
  readonly name: string;
  readonly target: RouterTarget;
}

/** Where a router is and how to log in. This is read from etcd whenever it is needed: credentials are never passed around. */
export async function targetOf(snapshot: Pick<Snapshot, 'read'>, id: string): Promise<NamedTarget> {
  const found = await snapshot.read(edgeRouter(id));
  if (!isRecord(found)) {
    const came = found.kind === 'missing' ? 'none' : found.reason;
    throw new RefusedError(FAILURES.InvalidGateway, `edge_router ${id}: expected a record, got ${came}`);
  }
  const { ip, ssh_port, login, password } = found.body;
  const name = nameIn(found.body);
  return {
    name: name ?? id,
    target: {
      id,
      ...(name === undefined ? {} : { name }),
      address: text(id, 'ip', ip),
      port: portOf(id, ssh_port),
      username: text(id, 'login', login),
      ...(typeof password === 'string' ? { password } : {}),
    },
  };
}

/** The router's name from its record, or else its id. For people. */
export async function nameOf(store: Pick<Store, 'snapshot'>, id: string): Promise<string> {
  const found = await store.snapshot().read(edgeRouter(id));
  return (isRecord(found) ? nameIn(found.body) : undefined) ?? id;
}

/** The names of a pair's routers, each as `nameOf`. */
export async function namesOfPair(
  store: Pick<Store, 'snapshot'>,
  [one, other]: readonly [string, string],
): Promise<readonly [string, string]> {
  return Promise.all([nameOf(store, one), nameOf(store, other)]);
}

function nameIn({ name }: Readonly<Record<string, unknown>>): string | undefined {
  return (typeof name === 'string' && displayName(name)) || undefined;
}

function text(id: string, field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RefusedError(
    FAILURES.InvalidGateway,
    `edge_router ${id}: field "${field}": expected a string, got ${typeof value}`,
  );
}

/** An SSH client would take 22 for what is no number. */
function portOf(id: string, value: unknown): number {
  if (typeof value === 'number' && matchesType(value, 'port')) return value;
  throw new RefusedError(
    FAILURES.InvalidGateway,
    `edge_router ${id}: field "ssh_port": expected ${EXPECTED.port}, got ${shownValue(value)}`,
  );
}
