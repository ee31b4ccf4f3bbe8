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
  const hidden = `neighbor 192.0.2.1 {\n    authentication-key ${MASK};\n}\n`;

  it('is hidden as a whole if it is a secret, a list as well', () => {
    assert.equal(shown({ value: 'canary', secret: true }), MASK);
    assert.equal(shown({ value: ['canary'], secret: true }), MASK);
  });

  it('has no key of configuration text, in a list as little as alone', () => {
    assert.equal(shown({ value: text }), hidden);
    assert.deepEqual(shown({ value: [text, 'key one', 7, null] }), [hidden, 'key one', 7, null]);
  });

  for (const [what, statement] of [
    ['with a quote in it', String.raw`authentication-key "canary\"canary";`],
    ['of a list of keys', 'authentication-key 2 type md5 value "canary";'],
    ['of MACsec', 'pre-shared-key { ckn 1234; cak canary; }'],
    ['of a web API', 'auth-token canary;'],
    ['with a comment behind it', 'authentication-key canary /* of 2024 */;'],
    ['with a keyword on another line', 'authentication-key\n"canary";'],
    ['in a certificate', 'security { certificates { local one "canary"; } }'],
    ['in a comment', 'description new; /* authentication-key canary; */'],
  ] as const)
    it(`has no key ${what}`, () => {
      assert.doesNotMatch(String(shown({ value: statement })), /canary/);
      assert.match(String(shown({ value: statement })), new RegExp(MASK));
    });

  it('has no key where its text is in the form of commands, or is cut', () => {
    const commands = 'set a authentication-key "canary";\nset b cak canary\n';
    assert.doesNotMatch(String(shown({ value: commands })), /canary/);
    for (const cut of ['authentication-key "can\\"ary";', 'cak canary;', 'auth-token canary;'])
      assert.doesNotMatch(String(shown({ value: `a { ${cut}` })), /ary/);
  });

  it('keeps its layout and its comments if it has no key', () => {
    const plain = 'a { b c; } /* of 2024 */';
    assert.equal(shown({ value: plain }), plain);
  });
});
