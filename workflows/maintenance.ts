/** Maintenance holds from the Web UI and the Temporal CLI: they do the same as `gateway-saga routers hold` and `release`. */
import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import { BEGIN_MAINTENANCE_UPDATE, END_MAINTENANCE_UPDATE } from '../pair/messages.ts';
import type { HoldRequest, ReleaseRequest } from '../pair/messages.ts';
import { pairActivities } from './pair-activities.ts';

export const beginMaintenanceUpdate = defineUpdate<void, [HoldRequest]>(BEGIN_MAINTENANCE_UPDATE);
export const endMaintenanceUpdate = defineUpdate<boolean, [ReleaseRequest]>(END_MAINTENANCE_UPDATE);

/** The validators refuse bad input before it enters the history. The error names the field, what was expected and what came. */
export function handleMaintenance(routers: readonly [string, string]): void {
  const check = (input: Partial<HoldRequest> | null | undefined): void => {
    if (input?.router === undefined || !routers.includes(input.router)) {
      throw refused(`router: expected ${routers.join(' or ')}, got ${shown(input?.router)}`);
    }
    const by: unknown = input.by;
    if (by !== undefined && !isText(by, LENGTHS.who))
      throw refused(`by: expected 1 to ${LENGTHS.who} characters, got ${shown(by)}`);
  };
  setHandler(
    beginMaintenanceUpdate,
    ({ router, reason, by }) => pairActivities.beginMaintenance({ router, reason, by }),
    {
      description:
        'Holds a router for maintenance: {"router":"<id>","reason":"…","by":"<you>"}. Its batch is settled, and no reservation begins.',
      validator: (input) => {
        check(input);
        const reason: unknown = input.reason;
        if (!isText(reason, LENGTHS.hold))
          throw refused(`reason: expected 1 to ${LENGTHS.hold} characters, got ${shown(reason)}`);
      },
    },
  );
  setHandler(endMaintenanceUpdate, ({ router, by }) => pairActivities.endMaintenance({ router, by }), {
    description: 'Ends a maintenance hold: {"router":"<id>","by":"<you>"}',
    validator: check,
  });
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longest;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : oneLine(JSON.stringify(value), LENGTHS.value);
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, FAILURES.InvalidRequest);
}
