/** Records out of order, jobs unchained, transactions without a fence. */
import { idOf, json, onTape, writesAgain, written } from '../spoil.ts';
import type { Spoil, Spoilt } from '../spoil.ts';

/** The harness sees the writes that permit members long after they were made. */
export const permissionsSeenLate: Spoil = (evidence) => ({
  ...evidence,
  writes: evidence.writes.map((one) =>
    one.value?.includes('"members":[{') ? { ...one, seenAt: one.seenAt + 5_000 } : one,
  ),
});

export const order: readonly Spoilt[] = [
  ['one job only', written('/jobs/all/create:monitoring_worker', 0, () => undefined), /create:heat_worker/],
  [
    'a job that depends on nothing',
    written('/jobs/all/create:monitoring_worker', 0, (value) =>
      value.replace(/"dependency":\[[^\]]*\]/, '"dependency":[]'),
    ),
    /create:heat_worker/,
  ],
  [
    'jobs of a version that was replaced',
    written('/config/v2.0/vpn_gateways/<1025>', 0, (value) => value.replace('"version":1', '"version":2')),
    /1, not 2/,
  ],
  ['no job_state {}', written('/job_state/', 0, () => undefined), /none|heat_outputs/],
  [
    'heat_outputs left out',
    written('/job_state/v2.0/vpn_gateways/<1025>', 1, () => undefined),
    /state_monitoring/,
  ],
  [
    'state_monitoring left out',
    written('/job_state/v2.0/vpn_gateways/<1025>', 2, () => undefined),
    /heat_outputs/,
  ],
  ['no stack', written('/heat_stacks/v2.0/vpn_gateways/<1025>', 0, () => undefined), /none/],
  [
    'a stack of a failure that says complete',
    written(
      '/heat_stacks/v2.0/vpn_gateways/<1027>',
      1,
      json((one) => ({ ...one, stack_status: 'CREATE_COMPLETE' })),
    ),
    /CREATE_COMPLETE/,
  ],
  [
    'a reservation of one router only',
    written('/gateway-saga/routers/', 0, () => '{"reservation":null,"maintenance":null}'),
    /on 1|on 2/,
  ],
  [
    'a commit outside of a reservation',
    onTape(0, (entry) => (entry.kind === 'committed' ? [{ ...entry, at: 5 }] : [entry])),
    /outside/,
  ],
  [
    'a commit of what was not permitted',
    (evidence) => ({
      ...evidence,
      writes: evidence.writes.map((one) =>
        one.key.startsWith('/gateway-saga/routers/')
          ? { ...one, value: one.value?.replaceAll(idOf(evidence, '1025'), 'x') ?? null }
          : one,
      ),
    }),
    /was not/,
  ],
  [
    'a late call that counts',
    (evidence) => writesAgain('/gateway-saga/plans/vpn_gateways/<1025>', 0, (value) => value)(evidence),
    /^\d{13}$/,
  ],
];
