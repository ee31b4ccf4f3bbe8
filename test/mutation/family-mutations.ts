/** Mutations of parents and children: what waits for what, who wakes whom, and whose stanzas lie in whose. */
import type { Mutation } from './mutation.ts';

const PARENTS = 'test/etcd/parents.test.ts';
const CHILDREN = 'test/etcd/children.test.ts';
const CONTAINMENT = 'test/etcd/containment.test.ts';
const FAMILY = 'test/saga/family.test.ts';
const WAITING = 'test/workflows/waiting.test.ts';
/** No revision comes near it: what is compared with it is not compared. */
const NEVER = "'9007199254740991'";

const OWED = 'test/etcd/owed-deletion.test.ts';
const OWED_DELETION = 'etcd/owed-deletion.ts';

export const FAMILY_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a child that does not wait for its parent',
    kind: 'U10',
    file: 'etcd/family.ts',
    find: 'if (waits !== undefined) return waits;',
    put: 'if (waits !== undefined && parents.length > 99) return waits;',
    specs: [PARENTS],
  },
  {
    name: 'a parent that begins to change between the look and the registration of its child',
    kind: 'U10',
    file: 'etcd/family.ts',
    find: 'unchanged: parents.flatMap(({ entries }) => entries.slice(-1)), quiet };',
    put: 'unchanged: parents.flatMap(({ entries }) => entries.slice(-1)).slice(0, 0), quiet };',
    specs: [CHILDREN],
  },
  {
    name: 'a child that registers between the look and the registration of its parent',
    kind: 'U10',
    file: 'etcd/family.ts',
    find: 'since: found.revision }));',
    put: `since: found.revision === '' ? '' : ${NEVER} }));`,
    specs: [CHILDREN],
  },
  {
    name: 'a gateway deleted under its children',
    kind: 'U10',
    file: 'etcd/children.ts',
    find: "if (count > 0) return { kind: 'children', some, count };",
    put: "if (count > 99) return { kind: 'children', some, count };",
    specs: [CHILDREN, FAMILY],
  },
  {
    name: 'a referrer that stays when its creation has failed',
    kind: 'U10',
    file: 'etcd/endings.ts',
    find: '[KEYS.plan(gateway), ...childKeys(record)]',
    put: '[KEYS.plan(gateway), ...childKeys(record).slice(0, 0), ...changingKeys(record)]',
    specs: [PARENTS],
  },
  {
    name: 'one that begins to wait between the look and the terminal write',
    kind: 'U10',
    file: 'etcd/waiting.ts',
    find: 'const since = revision;',
    put: `const since = revision === '' ? '' : ${NEVER};`,
    specs: [PARENTS],
  },
  {
    name: 'a wait for a parent that has ended between the look and the wait',
    kind: 'U10',
    file: 'etcd/register.ts',
    find: 'const unchanged = [config, state, plan, ...clear.unchanged, ...begun.unchanged];',
    put: 'const unchanged = [config, state, plan, ...begun.unchanged];',
    specs: [PARENTS],
  },
  {
    name: 'a success that wakes nobody',
    kind: 'U10',
    file: 'activities/saga/publish.ts',
    find: 'if (isMade && outcome.isAwaited) await wakeWaiters(store, gateway);',
    put: '',
    specs: [FAMILY],
  },
  {
    name: 'a failure that wakes nobody',
    kind: 'U10',
    file: 'activities/saga/publish.ts',
    find: 'if (outcome.isAwaited || isFreed) await wakeWaiters(store, gateway);',
    put: '',
    specs: [FAMILY],
  },
  {
    name: 'a wake that comes before the wait missed',
    kind: 'U10',
    file: 'workflows/waiting.ts',
    find: 'condition(() => this.#wakes !== wakes,',
    put: 'condition(((before) => () => this.#wakes !== Math.max(before, wakes))(this.#wakes),',
    specs: [WAITING],
  },
  {
    name: 'keys and jobs of a wait that stay after its end',
    kind: 'U10',
    file: 'workflows/ends.ts',
    find: '...(waited && { waited })',
    put: '...(waited && registered && { waited })',
    specs: [WAITING, FAMILY],
  },
  {
    name: 'a stanza claimed inside another gateway’s',
    kind: 'U10',
    file: 'etcd/containment.ts',
    find: 'const outer = holderOf(entry);',
    put: 'const outer = routerId === "" ? holderOf(entry) : undefined;',
    specs: [CONTAINMENT],
  },
  {
    name: 'a stanza claimed inside, between the look and the registration',
    kind: 'U10',
    file: 'etcd/containment.ts',
    find: 'quiet.push({ ...rangeIn(key), since: found.revision });',
    put: `quiet.push({ ...rangeIn(key), since: found.revision === '' ? '' : ${NEVER} });`,
    specs: [CONTAINMENT],
  },
  {
    name: 'a child put where its parent is to stand',
    kind: 'U10',
    file: 'etcd/family.ts',
    find: 'const outside = waits === undefined && !isDeletion ?',
    put: 'const outside = waits === undefined && !isDeletion && parents.length > 99 ?',
    specs: [PARENTS],
  },
  {
    name: 'a payer that wakes nobody',
    kind: 'T7',
    file: 'activities/pair/wake-paid.ts',
    find: 'if (isCurrent) paid.set(',
    put: "if (isCurrent && routerId === '') paid.set(",
    specs: ['test/activities/pair/pay-without-request.test.ts'],
  },
  {
    name: 'a deletion begun over what a router owes already',
    kind: 'T7',
    file: OWED_DELETION,
    find: 'if (isUnsure || record.mayBeApplied',
    put: "if ((isUnsure && run === '') || record.mayBeApplied",
    specs: [OWED],
  },
  {
    name: 'a deletion that is made on one router and not written down',
    kind: 'U7',
    file: OWED_DELETION,
    find: 'const kept = { ...record, kept: true, disputed',
    put: 'const kept = { ...record, kept: false, disputed',
    specs: [OWED],
  },
  {
    name: 'a deletion of which the other router owes nothing',
    kind: 'T7',
    file: OWED_DELETION,
    find: '{ key: owedChangeKey(named.id, removal), value: removal },',
    put: '{ key: `${owedChangeKey(named.id, removal)}0`, value: removal },',
    specs: [OWED],
  },
];
