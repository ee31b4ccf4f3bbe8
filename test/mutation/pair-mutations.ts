/** Mutations of the pair's decisions: `pair/`, and of what wakes the pair. */
import type { Mutation } from './mutation.ts';

const REQUESTS = 'pair/requests.ts';
const OUTCOMES = 'pair/outcomes.ts';
const PROPERTY = 'test/pair/property.test.ts';

export const PAIR_MUTATIONS: readonly Mutation[] = [
  {
    name: 'confirmed before the verdict',
    kind: 'pair',
    file: 'pair/batch.ts',
    find: '|| undecided(batch).length > 0)',
    put: '|| undecided(batch).length === batch.members.length)',
    specs: ['test/pair/verdicts.test.ts', PROPERTY],
  },
  {
    name: 'a verdict that never came taken for good',
    kind: 'pair',
    file: OUTCOMES,
    find: 'return { ...member, replyTo: null };',
    put: "return { ...member, replyTo: null, verdict: { kind: 'confirm', seen: [] } };",
    specs: ['test/pair/verdicts.test.ts', PROPERTY],
  },
  {
    name: 'an answer that was lost is not given again',
    kind: 'M2',
    file: REQUESTS,
    find: 'if (outcome !== undefined && isSame(outcome, request) && !isNewRevert(outcome, request)) {',
    put: 'if (outcome !== undefined && outcome.sequence < 0) {',
    specs: ['test/pair/duplicates.test.ts', PROPERTY],
  },
  {
    name: 'a late request heeded',
    kind: 'M2',
    file: REQUESTS,
    find: 'if (request.sequence < last) return',
    put: 'if (request.sequence < 0 && last > 0) return',
    specs: ['test/pair/duplicates.test.ts', PROPERTY],
  },
  {
    name: 'a verdict on another trial counts',
    kind: 'M3',
    file: REQUESTS,
    find: 'if (action.trial !== trialOf(batch)) {',
    put: "if (action.trial === '') {",
    specs: ['test/pair/trials.test.ts', PROPERTY],
  },
  {
    name: 'nothing is published for a saga that is gone',
    kind: 'M4',
    file: 'pair/decide.ts',
    find: 'return undelivered(state, event.member, event.answer, now);',
    put: 'return undelivered === undefined ? undelivered : { state, commands: [] };',
    specs: ['test/pair/undelivered.test.ts'],
  },
  {
    name: 'a saga that is gone taken for one that runs',
    kind: 'M4',
    file: 'activities/requests/publish-on-behalf.ts',
    find: 'else if (!(await isRunning(workflowIdOf(gateway)))) {',
    put: 'else if (await isRunning(workflowIdOf(gateway))) {',
    specs: ['test/saga/terminate.test.ts'],
  },
  {
    name: 'verdicts awaited without an end',
    kind: 'T11',
    file: 'pair/decide.ts',
    find: `      if (batch?.phase === 'waiting for verdicts' && trialOf(batch) === event.trial)
        return verdictsDue(state, batch, now);`,
    put: '      verdictsDue satisfies unknown;',
    specs: ['test/pair/verdicts.test.ts'],
  },
  {
    name: 'a pair that left a reservation behind never woken',
    kind: 'pair',
    file: 'activities/pair/reservation.ts',
    find: "if (outcome.kind === 'busy') await wake(outcome.reservation.pair);",
    put: 'wake satisfies unknown;',
    specs: ['test/saga/abandoned-reservation.test.ts'],
  },
  {
    name: 'what an earlier workflow left behind applied upon',
    kind: 'pair',
    file: OUTCOMES,
    find: 'if (leftover.length === 0) return apply(',
    put: 'if (leftover.length < 100) return apply(',
    specs: ['test/pair/recovery.test.ts'],
  },
  {
    name: 'the queue forgotten when a member arrives',
    kind: 'pair',
    file: REQUESTS,
    find: 'return nextBatch({ ...state, waiting: [...waiting, arrival] }, now, limits);',
    put: 'return nextBatch({ ...state, waiting: [arrival] }, now, limits);',
    specs: ['test/pair/queue.test.ts', PROPERTY],
  },
  {
    name: 'a saga that ended without publishing overlooked',
    kind: 'M4',
    file: 'activities/requests/publish-on-behalf.ts',
    find: 'else await publishOnBehalf(one);',
    put: '',
    specs: ['test/saga/terminate.test.ts'],
  },

  {
    name: 'a trial compared with the id of its reservation',
    kind: 'M3',
    file: REQUESTS,
    find: 'if (action.trial !== trialOf(batch)) {',
    put: 'if (action.trial !== batch.reservation) {',
    specs: ['test/pair/trials.test.ts', PROPERTY],
  },
  {
    name: 'outcomes forgotten when the workflow continues as new',
    kind: 'M2',
    file: 'pair/state.ts',
    find: 'if (!wasReset) return state;',
    put: 'if (!wasReset) return { ...state, outcomes: [] };',
    specs: ['test/pair/continuing.test.ts'],
  },
  {
    name: 'a revert that came while settling forgotten',
    kind: 'T12',
    file: OUTCOMES,
    find: 'verdict: member.verdict.lateRevert ?? null',
    put: 'verdict: null',
    specs: ['test/pair/reverts.test.ts', 'test/pair/trials.test.ts', PROPERTY],
  },
  {
    name: 'verdicts awaited for one millisecond',
    kind: 'T11',
    file: 'workflows/pair-commands.ts',
    find: 'Math.min(max, waitMs)',
    put: 'Math.min(max, waitMs, 1)',
    specs: ['test/saga/create.test.ts'],
  },
];
