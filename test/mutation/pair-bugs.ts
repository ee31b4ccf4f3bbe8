/** Bugs of the pair's decisions: `pair/`, and of those who wake it. */
import type { Bug } from './bug.ts';

const ASKED = 'pair/requests.ts';
const ENDED = 'pair/outcomes.ts';
const PROPERTY = 'test/pair/property.test.ts';

export const PAIR_BUGS: readonly Bug[] = [
  {
    name: 'confirmed before the verdict',
    kind: 'pair',
    file: 'pair/batch.ts',
    find: 'on.members.some(({ verdict }) => verdict === null)',
    put: 'on.members.every(({ verdict }) => verdict === null)',
    specs: ['test/pair/verdicts.test.ts', PROPERTY],
  },
  {
    name: 'a verdict that never came taken for good',
    kind: 'pair',
    file: ENDED,
    find: 'return { ...member, asker: null };',
    put: "return { ...member, asker: null, verdict: { kind: 'confirm', seen: [] } };",
    specs: ['test/pair/verdicts.test.ts', PROPERTY],
  },
  {
    name: 'an answer that was lost not told again',
    kind: 'M2',
    file: ASKED,
    find: 'if (note !== undefined && isSame(note, request) && !hasMoreToDrop(note, request)) {',
    put: 'if (note !== undefined && note.stamp < 0) {',
    specs: ['test/pair/duplicates.test.ts', PROPERTY],
  },
  {
    name: 'an ask of yesterday heeded',
    kind: 'M2',
    file: ASKED,
    find: 'if (request.stamp < last) return',
    put: 'if (request.stamp < 0 && last > 0) return',
    specs: ['test/pair/duplicates.test.ts', PROPERTY],
  },
  {
    name: 'a verdict for another turn counts',
    kind: 'M3',
    file: ASKED,
    find: 'if (wish.turn !== roundOf(on)) {',
    put: "if (wish.turn === '') {",
    specs: ['test/pair/trials.test.ts', PROPERTY],
  },
  {
    name: 'nobody told for who is gone',
    kind: 'M4',
    file: 'pair/decide.ts',
    find: 'return nobody(state, event.member, event.answer, now);',
    put: 'return nobody === undefined ? nobody : { state, commands: [] };',
    specs: ['test/pair/undelivered.test.ts'],
  },
  {
    name: 'a member that left takes its /state along',
    kind: 'M4',
    file: 'activities/requests/publish-on-behalf.ts',
    find: 'else if (!(await isRunning(workflowIdOf(gateway)))) {',
    put: 'else if (await isRunning(workflowIdOf(gateway))) {',
    specs: ['test/saga/terminate.test.ts'],
  },
  {
    name: 'verdicts waited for without an end',
    kind: 'T11',
    file: 'pair/decide.ts',
    find: "if (on?.phase === 'waiting for verdicts' && roundOf(on) === event.round) return overdue(state, on, now);",
    put: 'overdue satisfies unknown;',
    specs: ['test/pair/verdicts.test.ts'],
  },
  {
    name: 'who left a turn behind never woken',
    kind: 'pair',
    file: 'activities/pair/reservation.ts',
    find: "if (outcome.kind === 'busy') await wake(outcome.turn.pair);",
    put: 'wake satisfies unknown;',
    specs: ['test/saga/abandoned-reservation.test.ts'],
  },
  {
    name: 'what another pair left behind applied upon',
    kind: 'pair',
    file: ENDED,
    find: 'if (leftover.length === 0) return apply(',
    put: 'if (leftover.length < 100) return apply(',
    specs: ['test/pair/recovery.test.ts'],
  },
  {
    name: 'what came meanwhile forgotten',
    kind: 'pair',
    file: ASKED,
    find: 'return nextBatch({ ...state, waiting: [...waiting, arrival] }, now, limits);',
    put: 'return nextBatch({ ...state, waiting: [arrival] }, now, limits);',
    specs: ['test/pair/queue.test.ts', PROPERTY],
  },
  {
    name: 'who went without a word left untold',
    kind: 'M4',
    file: 'activities/requests/publish-missing.ts',
    find: 'else await publishFor(one);',
    put: '',
    specs: ['test/saga/terminate.test.ts'],
  },
];
