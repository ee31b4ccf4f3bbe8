import assert from 'node:assert/strict';
import { isGathering } from '../../pair/batch.ts';
import type { Decision, PairState } from '../../pair/state.ts';

/** What holds for a pair's state at any moment. */
export function checkState({ batch: on, waiting, outcomes: notes }: PairState, gateways: number): void {
  const waits = waiting.map(({ name }) => name);
  const isOn = (on?.members ?? []).map(({ name }) => name);
  assert.equal(new Set(waits).size, waits.length, 'each gateway waits once');
  assert.equal(new Set(isOn).size, isOn.length, 'each gateway is on once');
  for (const member of on?.members ?? []) {
    const other = waiting.find(({ name }) => name === member.name);
    if (other === undefined) continue;
    assert.ok(
      on !== null && !isGathering(on),
      `${member.name} is in two places, with nothing on the routers`,
    );
    assert.notEqual(other.run, member.run, `${member.name} is in two places`);
    assert.notEqual(member.verdict, null, `${member.name} is not on its way out`);
  }
  assert.ok(notes.length <= gateways, 'one note a gateway');
  if (on?.phase === 'waiting for verdicts') {
    assert.ok(
      on.members.some(({ verdict }) => verdict === null),
      'nothing is waited for',
    );
  }
}

/** Who asked stays until it has its end, whatever else comes meanwhile: it is not left to its asking again. */
export function checkNobodyLost(before: PairState, { state, commands }: Decision): void {
  const stays = [...(state.batch?.members ?? []), ...state.waiting].map(({ name }) => name);
  for (const { name } of [...(before.batch?.members ?? []), ...before.waiting]) {
    const isTold = commands.some(
      (command) =>
        (command.kind === 'answer' || command.kind === 'publish on behalf') && command.member.name === name,
    );
    assert.ok(stays.includes(name) || isTold, `${name} is forgotten`);
  }
}
