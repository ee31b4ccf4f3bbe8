/** Bugs of a deletion that one router makes while the other one, which is away for long or dead, owes it. */
import type { Mutation } from './mutation.ts';

const OWED = 'test/etcd/owed-deletion.test.ts';
const OWED_DELETION = 'etcd/owed-deletion.ts';
const OWED_DECISION = 'etcd/owed-decision.ts';
const SAGA = 'test/saga/owed-deletion.test.ts';

export const OWED_DELETION_MUTATIONS: readonly Mutation[] = [
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
    file: OWED_DECISION,
    find: 'const kept = { ...record, kept: true, disputed',
    put: 'const kept = { ...record, kept: false, disputed',
    specs: [OWED],
  },
  {
    name: 'a deletion of which the other router owes nothing',
    kind: 'T7',
    file: OWED_DECISION,
    find: '{ key: owedChangeKey(named.id, removal), value: removal },',
    put: '{ key: `${owedChangeKey(named.id, removal)}0`, value: removal },',
    specs: [OWED],
  },
  {
    name: 'a deletion that is taken back owed as it was',
    kind: 'T7',
    file: OWED_DECISION,
    find: 'change: { before: change.after, after: change.before }, reason',
    put: 'change, reason',
    specs: [OWED],
  },
  {
    name: 'a deletion that is taken back and not written down',
    kind: 'T7',
    file: OWED_DELETION,
    find: 'owe: { ...record.owe, refused } };\n  return {',
    put: 'owe: { ...record.owe, ...(first.id === "" && { refused }) } };\n  return {',
    specs: [OWED],
  },
  {
    name: 'a deletion taken back although it is decided',
    kind: 'U7',
    file: OWED_DELETION,
    find: "if (isKept(record)) return done({ kind: 'kept',",
    put: "if (isKept(record) && refusal === undefined) return done({ kind: 'kept',",
    specs: [OWED],
  },
  {
    name: 'a newer version registered over a deletion that is not decided',
    kind: 'U11',
    file: 'etcd/register.ts',
    find: '!isKept(earlier) && earlier.mayBeApplied) {',
    put: '!isKept(earlier) && earlier.mayBeApplied && earlier.owe === undefined) {',
    specs: [OWED],
  },
  {
    name: 'a newer version fails over a deletion that is not decided',
    kind: 'U11',
    file: 'etcd/publish.ts',
    find: 'if (!isKnown && ends !== undefined && ends.mayBeApplied)',
    put: 'if (!isKnown && ends !== undefined && ends.mayBeApplied && !isUndecided(ends))',
    specs: [OWED],
  },
  {
    name: 'an earlier run’s deletion that was made and is not told',
    kind: 'U11',
    file: 'workflows/owed-deletion.ts',
    find: "await log.step('publish', 'etcd', () => activities.publishKept(left.gateway));",
    put: "await log.step('publish', 'etcd', () => Promise.resolve(left.gateway));",
    specs: [SAGA],
  },
  {
    name: 'a wake without an answer ends the wait for an owed deletion',
    kind: 'saga',
    file: 'activities/saga/owed-deletion.ts',
    find: 'await wake(store, routers).catch(() => undefined);',
    put: 'await wake(store, routers);',
    specs: ['test/activities/saga/owed-deletion.test.ts'],
  },
];
