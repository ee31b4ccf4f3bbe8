import assert from 'node:assert/strict';
import { maskSecrets } from '../../command/masked-text.ts';

describe('secrets in a transcript', () => {
  for (const [text, masked, secrets = []] of [
    ['authentication-key test;', 'authentication-key MASKED;'],
    ['authentication-key &quot;a b&quot;;', 'authentication-key MASKED;'],
    ['encrypted-password "$6$abc$def"; ## SECRET-DATA', 'encrypted-password MASKED; ## SECRET-DATA'],
    ['md5 1 key "$9$abc";', 'md5 1 key MASKED;'],
    ['something new "a;b"; ## SECRET-DATA', 'something new MASKED; ## SECRET-DATA'],
    [
      'set protocols bgp group G authentication-key test',
      'set protocols bgp group G authentication-key MASKED',
    ],
    ['<authentication-key>test</authentication-key>', '<authentication-key>MASKED</authentication-key>'],
    ['pre-shared-key ascii-text "x y";', 'pre-shared-key ascii-text MASKED;'],
    ['authentication-key "a\\"b";', 'authentication-key MASKED;'],
    ['authentication-key 2 type md5 value "a";', 'authentication-key 2 type md5 value MASKED;'],
    ['cak 12ab; ', 'cak MASKED; '],
    ['auth-token abc /* of 2024 */;', 'auth-token MASKED /* of 2024 */;'],
    ['<log>my a&lt;b word</log>', '<log>my MASKED word</log>', ['a<b']],
    ['description a<b;', 'description MASKED;', ['a<b']],
    ['description secretive;', 'description secretive;'],
    ['interface ae0.1025;', 'interface ae0.1025;'],
    ['description "no secret";', 'description "no secret";', ['']],
  ] as const satisfies readonly (readonly [string, string, (readonly string[])?])[]) {
    it(`${text} becomes ${masked}`, () => {
      assert.equal(maskSecrets(text, secrets), masked);
    });
  }
});
