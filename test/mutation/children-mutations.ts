/** Mutations of what holds between parents and children on a router. */
import type { Mutation } from './mutation.ts';

const CHILDREN = 'test/activities/pair/children.test.ts';
const FAMILIES = 'test/simulation/families/families.test.ts';
const JUDGE = 'test/activities/router/judge.test.ts';
const WITHOUT = 'test/junos/without.test.ts';

export const CHILDREN_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a child put where its parent does not stand as it should',
    kind: 'U10',
    file: 'activities/pair/conflicts.ts',
    find: '(problemOfParents(change) ?? problemOfCommit(router))',
    put: 'problemOfCommit(router)',
    specs: [CHILDREN],
  },
  {
    name: 'a parent deleted together with its children',
    kind: 'U10',
    file: 'activities/router/out-of-place.ts',
    find: 'const why = problemOfOthers(place, isThere, item, items) ?? problemOfParents(place, isThere, item, items);',
    put: 'const why = problemOfParents(place, isThere, item, items);',
    specs: [CHILDREN],
  },
  {
    name: 'a parent and its child changed in one batch',
    kind: 'U10',
    file: 'activities/pair/conflicts.ts',
    find: 'if (isOpen && relative !== undefined) {',
    put: "if (isOpen && relative?.resourceId === '') {",
    specs: [CHILDREN],
  },
  {
    name: 'a line of a child’s taken for its parent’s',
    kind: 'U3',
    file: 'activities/router/judge.ts',
    find: 'return [...claimedBy(items, NO_FAMILY), ...claimed];',
    put: 'return claimed.length < 0 ? claimed : claimedBy(items, NO_FAMILY);',
    specs: [JUDGE],
  },
  {
    name: 'a child’s statements count against its parent',
    kind: 'U2',
    file: 'activities/router/presences.ts',
    find: 'if (others.length === 0) return tree;',
    put: 'if (others.length >= 0) return tree;',
    specs: [CHILDREN],
  },
  {
    name: 'an empty container left behind by the last child',
    kind: 'U3',
    file: 'activities/router/load.ts',
    find: 'if (parentsOf === undefined) return [];',
    put: 'if (parentsOf === undefined || parts.length > 0) return [];',
    specs: [FAMILIES, CHILDREN],
  },
  {
    name: 'a container taken away with a person’s statement in it',
    kind: 'U3',
    file: 'junos/without.ts',
    find: '    node.tag === undefined &&\n    [...node.children.values()].every(',
    put: '    node.tag === undefined ||\n    [...node.children.values()].every(',
    specs: [WITHOUT, FAMILIES],
  },
  {
    name: 'a container taken away that the parent has',
    kind: 'U3',
    file: 'junos/without.ts',
    find: 'if (nodeAt(kept, container) !== undefined || !isHollow(node, container)) continue;',
    put: 'if (!isHollow(node, container)) continue;',
    specs: [WITHOUT],
  },
  {
    name: 'a parent taken away before its child',
    kind: 'U10',
    file: 'activities/router/load.ts',
    find: '(item.change.after === null ? -1 : 1)',
    put: '(item.change.after === null ? 1 : 1)',
    specs: ['test/activities/router/load.test.ts'],
  },
  {
    name: 'any stanza inside another one taken for a child’s',
    kind: 'T9',
    file: 'activities/router/overlap.ts',
    find: 'if (isTheirChild && isStrictlyInside(path, other))',
    put: 'if ((isTheirChild || !isOurChild) && isStrictlyInside(path, other))',
    specs: ['test/activities/router/overlap.test.ts'],
  },
];
