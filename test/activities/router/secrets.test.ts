/** What a router says of the secrets that it was told must not show them. */
import assert from 'node:assert/strict';
import { refusalIn } from '../../../activities/refused.ts';
import { hiding } from '../../../activities/router/hide-secrets.ts';
import { RpcFailedError } from '../../../netconf/errors.ts';
import { loadText } from '../../../netconf/operations.ts';
import { readRpcErrors } from '../../../netconf/rpc-error.ts';
import { readXml } from '../../../netconf/xml-reader.ts';

const PEER = { id: 'r', host: 'h', port: 1 };
const placeholder = (digit: string): string => `<secret:authentication-key:${digit.repeat(16)}>`;
const [ONE, OTHER] = [placeholder('1'), placeholder('2')];

/** What is left of a bad element once these secrets are hidden in the refusal. */
function told(badElement: string, values: Readonly<Record<string, string>>): string | undefined {
  const errors = [{ severity: 'error', message: 'invalid value', badElement }] as const;
  const error = new RpcFailedError(PEER, 'load-configuration', { errors, warnings: [] });
  return hiding(Object.entries(values))(error).errors[0]?.badElement;
}

describe("secrets in a router's refusal", () => {
  it('are hidden wherever it repeats them', () => {
    const errors = [
      { severity: 'error', message: 'bad a "new" one', badElement: 'old', path: '[edit x]' },
    ] as const;
    const error = new RpcFailedError(PEER, 'load', { errors, warnings: errors });
    const hide = hiding([
      [ONE, 'old'],
      [OTHER, 'a "new" one'],
    ]);
    const hidden = hide(error);
    assert.ok(hidden instanceof RpcFailedError);
    const expected = [{ ...errors[0], message: `bad ${OTHER}`, badElement: ONE }];
    assert.deepEqual([hidden.errors, hidden.warnings], [expected, expected]);
    assert.ok(!hidden.message.includes('new'), hidden.message);
  });

  for (const values of [
    { [ONE]: 'test', [OTHER]: 'test2024' },
    { [OTHER]: 'test2024', [ONE]: 'test' },
  ])
    it(`are hidden as a whole where one begins with the other: ${Object.values(values).join(', ')}`, () => {
      assert.equal(told('test2024', values), OTHER);
      assert.equal(told('test', values), ONE);
    });

  for (const repeated of ['pa"ss\\x', 'pa\\"ss\\\\x', '"pa\\"ss\\\\x"'])
    it(`are hidden in the form ${repeated}`, () => {
      assert.equal(told(repeated, { [ONE]: 'pa"ss\\x' }), ONE);
    });

  it('are words, not patterns, and none is found in the placeholder of another one', () => {
    assert.equal(told('a.b*|secret', { [ONE]: 'a.b*|', [OTHER]: 'secret' }), ONE + OTHER);
    assert.equal(told('aXbb', { [ONE]: 'a.b*' }), 'aXbb');
    assert.equal(told('\u0007', { [ONE]: '\u0007' }), ONE, 'a character that no configuration can hold');
  });

  it('are hidden where the router answers a load with a warning only', () => {
    const body = readXml(
      '<rpc-reply message-id="1"><rpc-error><error-severity>warning</error-severity>' +
        '<error-message>test2024 is short</error-message>' +
        '<error-info><bad-element>"test2024"</bad-element></error-info></rpc-error></rpc-reply>',
    );
    const hide = hiding([[ONE, 'test2024']]);
    assert.throws(
      () => loadText('x').read({ peer: PEER, body, ...readRpcErrors(body) }),
      (error) => {
        const refusal = refusalIn(error, { isOpen: true }) ?? assert.fail(String(error));
        assert.match(refusal.message, /with the warning: test2024 is short/);
        for (const hidden of [hide(refusal), hide(refusal).cause, hide(error)]) {
          assert.ok(hidden instanceof Error);
          assert.ok(
            hidden.message.includes(`with the warning: ${ONE} is short near "${ONE}"`),
            hidden.message,
          );
        }
        return true;
      },
    );
  });
});
