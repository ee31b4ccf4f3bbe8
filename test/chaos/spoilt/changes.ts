/** Spoils what is recorded and seen of changes. */
import { idOf, json, onTape, shown, writes, writesAgain, written } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';
import type { Evidence } from '../evidence.ts';
import type { Invariant } from '../checker/violation.ts';

/** When version 2 of the gateway in that VLAN was registered. */
function registeredAt(evidence: Evidence, vlan: string): number {
  const jobs = `:${idOf(evidence, vlan)}:2:`;
  const found = evidence.writes.find(({ key }) => key.startsWith('/jobs/all/') && key.includes(jobs));
  if (found === undefined) throw new Error(`Expected jobs of version 2 in VLAN ${vlan}, got none`);
  return found.seenAt;
}

export const changes: Readonly<Partial<Record<Invariant, readonly Spoilt[]>>> = {
  evidence: [
    [
      'an update that was never looked at',
      (evidence) =>
        onTape(0, (entry) =>
          shown(entry, /^ae0.1025$/, 'master') && entry.at > registeredAt(evidence, '1025') ? [] : [entry],
        )(evidence),
      /never/,
    ],
    [
      'a version without a difference that was never looked at',
      (evidence) =>
        onTape(1, (entry) =>
          shown(entry, /^ae0.1028$/, 'backup') && entry.at > registeredAt(evidence, '1028') - 100
            ? []
            : [entry],
        )(evidence),
      /never/,
    ],
  ],
  clean: [
    [
      'a claim of what was deleted',
      (evidence) => {
        const claim = evidence.writes.find(
          ({ key }) => key.includes('/claims/') && key.endsWith('ae0 unit 1026'),
        );
        return writes(claim?.key ?? '', claim?.value ?? '')(evidence);
      },
      /unit 1026/,
    ],
    [
      'a plan record of what was deleted',
      writesAgain('/gateway-saga/plans/internet_gateways/<1026>', 0, (value) => value),
      /one of version 1/,
    ],
    [
      'a plan record that has the version that failed',
      writesAgain('/gateway-saga/plans/vpn_gateways/<1027>', 3, (value) => value),
      /FILTER_MISSING|after: /,
    ],
    [
      'a plan record of the version before the last one',
      writesAgain('/gateway-saga/plans/vpn_gateways/<1025>', 0, (value) => value),
      /before: nothing/,
    ],
  ],
  order: [
    [
      'an update without a job',
      written('/jobs/all/modify:heat_worker', 0, () => undefined),
      /monitoring_worker/,
    ],
    [
      'a deletion whose jobs are unchained',
      written('/jobs/all/logical_delete:heat_worker', 0, (value) =>
        value.replace(/"dependency":\[[^\]]*\]/, '"dependency":[]'),
      ),
      /logical_delete:heat_worker/,
    ],
    [
      'a stack of an update that says it was created',
      written(
        '/heat_stacks/v2.0/vpn_gateways/<1025>',
        1,
        json((one) => ({ ...one, stack_status: 'CREATE_COMPLETE' })),
      ),
      /CREATE_COMPLETE/,
    ],
    [
      'a stack of a failed update that is gone',
      written(
        '/heat_stacks/v2.0/vpn_gateways/<1027>',
        1,
        json((one) => ({ ...one, stack_id: '' })),
      ),
      /UPDATE_FAILED/,
    ],
    [
      'a deletion that monitors',
      written('/job_state/v2.0/internet_gateways/<1026>', 5, () =>
        JSON.stringify({ heat_outputs: [], state_monitoring: {} }),
      ),
      /state_monitoring/,
    ],
  ],
  liveness: [
    [
      'a change that nothing gave a reason to fail for',
      (evidence) => ({
        ...evidence,
        workload: {
          ...evidence.workload,
          changes: (evidence.workload.changes ?? []).map((one) => ({ ...one, fails: false })),
        },
      }),
      /MODIFY_FAILED/,
    ],
    [
      'a change that can’t be made, and was',
      (evidence) => ({
        ...evidence,
        workload: {
          ...evidence.workload,
          changes: (evidence.workload.changes ?? []).map((one) => ({ ...one, fails: true })),
        },
      }),
      /CREATE_COMPLETED/,
    ],
  ],
};
