/** Gateways as a person names them on the command line or in a list: by id or by name. */
import { InvalidRequestError } from '../client/errors.ts';
import type { GatewayRef } from '../client/index.ts';
import { isStoreAway } from '../etcd/errors.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import { openStore, type Store } from '../etcd/store.ts';
import { readRequest, ROUTER_ID, type ReadRequest } from '../gateway/request.ts';
import { etcdOptions } from './etcd-options.ts';
import type { CommandIo } from './io.ts';
import { typesInFolders } from './kinds-folder.ts';
import { isUuid, Names, UnknownNameError } from './names.ts';
import { printable } from './printable.ts';
import { quoted } from './usage.ts';

type Problem = Extract<ReadRequest, { kind: 'problem' }>;

/** Longer texts are names of nothing. */
const LONGEST = 255;

/** What the command's help calls the fields of a request. */
const WORDS: Readonly<Record<string, string>> = { resourceType: 'TYPE', resourceId: 'ID' };

/** Why these words can't name a gateway; `undefined`: they can. A name may have characters that an id may not have. */
export function problemOfWords(ref: GatewayRef): Problem | undefined {
  const { resourceId: text } = ref;
  const isName = text !== '' && text.length <= LONGEST && text === printable(text);
  const problem = problemOfId(ref);
  return problem?.field === 'ID' && isName ? undefined : problem;
}

/** Why these words can't be the type and the id of a gateway; `undefined`: they can. */
function problemOfId(ref: GatewayRef): Problem | undefined {
  const read = readRequest(ref);
  return read.kind === 'request' ? undefined : { ...read, field: WORDS[read.field] ?? read.field };
}

/** @throws {InvalidRequestError} for words that can't name a gateway. */
export function namedGateway(resourceType: string, text: string): GatewayRef {
  const ref = { resourceType, resourceId: text };
  refuse(problemOfWords(ref));
  return ref;
}

/** The second of the words, which is an id. @throws {InvalidRequestError} if it can't be one. */
export function idAsGiven(ref: GatewayRef): string {
  refuse(problemOfId(ref));
  return ref.resourceId;
}

function refuse(problem: Problem | undefined): void {
  if (problem) throw new InvalidRequestError(problem.field, problem.expected, problem.got);
}

/** The same gateways by their ids. etcd is asked only if one of them is not named by a UUID, or is of a type that no folder has. */
export async function withIds<T extends GatewayRef>(
  named: readonly T[],
  io: Pick<CommandIo, 'env' | 'stderr'>,
): Promise<readonly T[]> {
  const types = await typesInFolders(io.env.GATEWAY_SAGA_TEMPLATES);
  const isClear = ({ resourceType, resourceId }: T) => isUuid(resourceId) && types.has(resourceType);
  if (named.every(isClear)) return named;
  const unclear = named.filter((one) => !isClear(one));
  const mayBeIds = unclear.every((one) => readRequest(one).kind === 'request');
  const asTheyAre = mayBeIds ? named : undefined;
  const words = unclear.map(({ resourceId }) => resourceId);
  return inEtcd(words, asTheyAre, io, (store) => idsOf(named, store, types));
}

/** The id of an edge router, whose id or name is given. A UUID is an id, and etcd is not asked. */
export async function routerWithId(given: string, io: Pick<CommandIo, 'env' | 'stderr'>): Promise<string> {
  if (isUuid(given)) return given;
  const asItIs = ROUTER_ID.pattern.test(given) ? given : undefined;
  return inEtcd([given], asItIs, io, (store) => new Names(store).routerIdOf(given));
}

/**
 * A person who starts changes may have no access to etcd, and ids need none. So if etcd is away, `asTheyAre` counts, and standard error says so. If
 * `asTheyAre` is `undefined`, some word can't be an id, and the error of etcd is thrown.
 */
async function inEtcd<T>(
  words: readonly string[],
  asTheyAre: T | undefined,
  { env, stderr }: Pick<CommandIo, 'env' | 'stderr'>,
  look: (store: Store) => Promise<T>,
): Promise<T> {
  const store = openStore(etcdOptions(env));
  try {
    return await look(store);
  } catch (error) {
    if (!isStoreAway(error)) throw error;
    if (asTheyAre === undefined) throw error;
    const taken = words.map((word) => quoted(word)).join(', ');
    stderr.write(`etcd was not asked for names (${printable(error.message)}): taken as id: ${taken}\n`);
    return asTheyAre;
  } finally {
    store.close();
  }
}

/** The same gateways by their ids, each once. Throws one `UnknownNameError` that tells all that is wrong with them. */
export async function idsOf<T extends GatewayRef>(
  named: readonly T[],
  store: Store,
  inFolders: ReadonlySet<string>,
): Promise<readonly T[]> {
  const names = new Names(store);
  const knownTypes = async () => [...inFolders, ...(await store.publishedKinds())];
  const problems: string[] = [];
  const found: T[] = [];
  for (const one of named)
    try {
      const { resourceType, resourceId: text } = one;
      const resourceId = isUuid(text)
        ? await names.uuidOf(resourceType, text, knownTypes)
        : await names.idOf(resourceType, text, knownTypes);
      found.push({ ...one, resourceId });
    } catch (error) {
      if (!(error instanceof UnknownNameError)) throw error;
      problems.push(error.message);
    }
  if (problems.length > 0) throw new UnknownNameError(problems.join('; '));
  return [...new Map(found.map((one) => [workflowIdOf(one), one])).values()];
}
