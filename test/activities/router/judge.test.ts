import assert from 'node:assert/strict';
import { blame, loadResultOf } from '../../../activities/router/judge.ts';
import type { GatewayChange } from '../../../activities/router/presence.ts';
import { RpcFailedError } from '../../../netconf/errors.ts';
import { gatewayChange } from './gateway-change.ts';

const unit = 'interfaces ae0 unit 5';
const address = `${unit} family inet address 192.0.2.1/24`;
const parent = gatewayChange('parent', { before: [unit], after: [unit] });
const child = gatewayChange('child', { after: [address] });
const sibling = gatewayChange('sibling', { before: [`${unit} family inet address 192.0.2.2/24`] });
const claimed = [parent, child, sibling].flatMap(({ gateway: owner, owns }) =>
  owns.map((stanza) => ({ stanza, owner })),
);

const DIFFS = {
  child: `[edit ${unit}]\n+      family inet {\n+          address 192.0.2.1/24;\n+      }\n`,
  sibling: `[edit ${unit} family inet]\n-        address 192.0.2.2/24;\n`,
  parent: `[edit ${unit}]\n-     description old;\n+     description new;\n`,
};

describe('a line of the candidate’s diff', () => {
  const resultOf = (items: readonly GatewayChange[], ...diffs: (keyof typeof DIFFS)[]) => {
    const value = diffs.map((name) => DIFFS[name]).join('');
    const result = loadResultOf(
      { isOpen: true },
      { items, loads: [], diff: { kind: 'done', value }, check: undefined },
      claimed,
    );
    return result.kind === 'refused'
      ? [...result.culprits].map(([{ gateway }, { message }]) => `${gateway.resourceId}: ${message}`)
      : result.kind === 'unclear'
        ? result.error.message
        : result.kind;
  };

  it('belongs to the innermost claim: a child comes and another goes in a stanza that is edited', () => {
    assert.equal(resultOf([parent, child, sibling], 'child', 'sibling', 'parent'), 'accepted');
  });

  it('does not count for the parent: without one of its own the parent has not changed', () => {
    assert.deepEqual(resultOf([parent, child], 'child'), [
      "parent: the candidate's diff: expected changes of what the gateway owns, got nothing",
    ]);
  });

  it('in the stanza of a child that is not loaded is no line of the parent’s', () => {
    assert.equal(
      resultOf([parent], 'parent', 'sibling'),
      `the candidate's diff: expected changes of what the gateway owns, got "- ${unit} family inet address 192.0.2.2/24"`,
    );
  });
});

describe('a refusal', () => {
  const blamed = (items: readonly GatewayChange[], path: string) => {
    const errors = [{ severity: 'error', message: 'no', path: `[edit ${path}]` }] as const;
    const error = new RpcFailedError({ id: 'r', host: 'h', port: 1 }, 'check', { errors, warnings: [] });
    const result = blame(items, error, claimed);
    return result.kind === 'refused'
      ? [...result.culprits.keys()].map(({ gateway }) => gateway.resourceId)
      : result.kind;
  };

  it('is for the innermost claim that its path lies in', () => {
    assert.deepEqual(blamed([parent, child], address), ['child']);
    assert.deepEqual(blamed([parent, child], `${unit} family inet`), ['parent']);
  });

  it('of a path in the stanza of a child that is not loaded is for nobody', () => {
    assert.equal(blamed([parent], address), 'unclear');
  });
});
