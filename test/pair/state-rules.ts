import assert from 'node:assert/strict';
import { hasAppliedNothing } from '../../pair/batch.ts';
import type { Decision } from '../../pair/events.ts';
import type { PairState } from '../../pair/state.ts';

/** What holds for a pair's state at any moment. */
export function checkState({ batch, waiting, outcomes }: PairState, gateways: number): void {
  const inQueue = waiting.map(({ name }) => name);
  const inBatch = (batch?.members ?? []).map(({ name }) => name);
  assert.equal(new Set(inQueue).size, inQueue.length, 'a gateway waits twice');
  assert.equal(new Set(inBatch).size, inBatch.length, 'a gateway is in the batch twice');
  for (const member of batch?.members ?? []) {
    const other = waiting.find(({ name }) => name === member.name);
    if (other === undefined) continue;
    assert.ok(
      batch !== null && !hasAppliedNothing(batch),
      `${member.name} is in batch and queue, with nothing on the routers`,
    );
    assert.notEqual(other.run, member.run, `the same run of ${member.name} is in batch and queue`);
    assert.notEqual(member.verdict, null, `the older run of ${member.name} is not being reverted`);
  }
  assert.ok(outcomes.length <= gateways, 'more than one outcome of a gateway');
  if (batch?.phase === 'waiting for verdicts') {
    assert.ok(
      batch.members.some(({ verdict }) => verdict === null),
      'no verdict is missing',
    );
  }
}

/** A member stays until it is answered or published for. The pair never relies on its saga to send the request again. */
export function checkNoneForgotten(before: PairState, { state, commands }: Decision): void {
  const known = [...(state.batch?.members ?? []), ...state.waiting].map(({ name }) => name);
  for (const { name } of [...(before.batch?.members ?? []), ...before.waiting]) {
    const isTold = commands.some(
      (command) =>
        (command.kind === 'answer' || command.kind === 'publish on behalf') && command.member.name === name,
    );
    assert.ok(known.includes(name) || isTold, `${name} is forgotten`);
  }
}
