import type { PairMember } from './messages.ts';
import type { Note, PairState, Waiting } from './state.ts';

/** How many ended members are remembered: far more than requests can be late. */
const NOTES = 1_000;

/** Whether two speak of the same gateway, whatever its version or run. */
export function isSameGateway(one: Pick<PairMember, 'gateway'>, other: Pick<PairMember, 'gateway'>): boolean {
  return (
    one.gateway.resourceType === other.gateway.resourceType &&
    one.gateway.resourceId === other.gateway.resourceId
  );
}

/** Whether two are the same run of the same gateway. */
export function isSame(
  one: Pick<PairMember, 'gateway' | 'run'>,
  other: Pick<PairMember, 'gateway' | 'run'>,
): boolean {
  return isSameGateway(one, other) && one.run === other.run;
}

/** Remembers how members ended (M2). */
export function noted(
  state: PairState,
  ended: readonly ({ readonly member: Waiting } & Pick<Note, 'answer' | 'unseen'>)[],
): PairState {
  if (ended.length === 0) return state;
  const fresh = ended.map(({ member, answer, unseen }): Note => {
    const { gateway, run, name, stamp, verdict } = member;
    const seen = verdict?.kind === 'keep' ? verdict.seen : [];
    return { gateway, run, name, stamp, answer, seen, ...(unseen && { unseen }) };
  });
  const older = state.notes.filter((note) => !fresh.some((one) => isSameGateway(one, note)));
  return { ...state, notes: [...older, ...fresh].slice(-NOTES) };
}
