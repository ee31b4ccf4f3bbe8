import assert from 'node:assert/strict';
import type { Preparation } from '../../activities/saga/preparation.ts';
import { MASK, masked } from '../../command/masked-plan.ts';
import type { Parameter } from '../../gateway/kind.ts';

const UNCHANGED = { before: null, after: null };

/** A parameter as a plan shows it. */
function shown(parameter: Pick<Parameter, 'value'> & Partial<Parameter>): Parameter['value'] {
  const preparation = {
    gateway: { resourceType: 'stub', resourceId: 'one', version: 1 },
    action: 'create',
    kind: { source: 'folder', digest: 'sha256:0' },
    provisioning: [{ name: 'it', resources: [], secret: false, ...parameter }],
    monitoring: [],
    routers: { primary: { ref: { id: 'a' }, body: {} }, secondary: { ref: { id: 'b' }, body: {} } },
    changes: { primary: UNCHANGED, secondary: UNCHANGED },
  } as unknown as Preparation;
  const plan = masked({ kind: 'prepared', preparation });
  assert.ok(plan.kind === 'planned');
  return plan.parameters.provisioning[0]?.value ?? null;
}

describe('a parameter in a plan', () => {
  const text = 'neighbor 192.0.2.1 { authentication-key "$9$canary"; }';
  const hidden = `neighbor 192.0.2.1 { authentication-key ${MASK}; }`;

  it('is hidden as a whole if it is a secret, a list as well', () => {
    assert.equal(shown({ value: 'canary', secret: true }), MASK);
    assert.equal(shown({ value: ['canary'], secret: true }), MASK);
  });

  it('has no key of configuration text, in a list as little as alone', () => {
    assert.equal(shown({ value: text }), hidden);
    assert.deepEqual(shown({ value: [text, 'key one', 7, null] }), [hidden, 'key one', 7, null]);
  });
});
