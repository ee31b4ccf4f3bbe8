import assert from 'node:assert/strict';
import { DiffError, describeChange, outside, readDiff } from '../../netconf/diff.ts';

/** `sign path` per change. */
function changes(diff: string): string[] {
  return readDiff(diff).map(({ sign, path, tag }) =>
    [sign, ...(tag === undefined ? [] : [`${tag}:`]), ...path].join(' '),
  );
}

function outsideOf(diff: string, ...owned: readonly string[]): string[] {
  return outside(
    readDiff(diff),
    owned.map((path) => path.split(' ')),
  ).map(({ sign, path }) => `${sign} ${path.join(' ')}`);
}

const gateway = `
[edit interfaces ae0]
+    unit 1025 {
+        apply-groups VPNGW1-VRRP;
+        description "vpn gw";
+        family inet {
+            filter {
+                input FILTER_10M-UP; ## SECRET-DATA
+            }
+        }
+    }
[edit policy-options]
+   prefix-list mine_prefix;
[edit firewall family inet filter INET_IN]
+     term mine {
+         from {
+             destination-prefix-list {
+                 mine_prefix;
+             }
+         }
+         then accept;
+     }
      term all-accept { ... }
`;

describe('a change, told to people', () => {
  it('shows neither a secret nor endless words', () => {
    const [secret, long] = readDiff(
      `[edit system]\n+  root-authentication encrypted-password "$6$salt$hash"; ## SECRET-DATA\n+  x "${'y'.repeat(5_000)}";\n`,
    );
    assert.ok(secret !== undefined && long !== undefined);
    assert.equal(describeChange(secret), '+ system root-authentication encrypted-password (hidden)');
    assert.equal(describeChange(long).length, 202);
  });
});

describe('a hostile diff', () => {
  for (const [what, diff, line] of [
    ['endless blocks', `[edit]\n+ ${'a { '.repeat(100_000)}`, 2],
    ['a header of very many words', `[edit ${'a '.repeat(100_000)}]\n+ b;\n`, 1],
    ['a statement of very many words', `[edit]\n\n+ ${'a '.repeat(100_000)};\n`, 3],
    ['blocks of many words each', `[edit]\n+ ${`${'a '.repeat(20)}{ `.repeat(60)}`, 2],
  ] as const) {
    it(`is refused at once: ${what}`, () => {
      assert.throws(
        () => readDiff(diff),
        (error) => error instanceof DiffError && error.line === line && error.message.length < 200,
      );
    });
  }

  it('with very long lists is read in time', () => {
    const list = (sign: string, from: number) =>
      `${sign}  a [ ${Array.from({ length: 100_000 }, (_, index) => `v${from + index}`).join(' ')} ];\n`;
    const changes = readDiff(`[edit]\n${list('-', 0)}${list('+', 1)}`);
    assert.deepEqual(
      changes.map(({ sign, path }) => [sign, ...path].join(' ')),
      ['- a v0', '+ a v100000'],
    );
    assert.equal(readDiff(`[edit]\n${'- a [ b ];\n+ a [ c ];\n'.repeat(50_000)}`).length, 2);
  });
});

describe('reading a diff', () => {
  const cases: readonly { name: string; diff: string; expected: readonly string[] }[] = [
    { name: 'no change', diff: '\n', expected: [] },
    {
      name: 'a gateway, with blocks, empty leaves, quotes, comments and context',
      diff: gateway,
      expected: [
        '+ interfaces ae0 unit 1025 apply-groups VPNGW1-VRRP',
        '+ interfaces ae0 unit 1025 description vpn gw',
        '+ interfaces ae0 unit 1025 family inet filter input FILTER_10M-UP',
        '+ policy-options prefix-list mine_prefix',
        '+ firewall family inet filter INET_IN term mine from destination-prefix-list mine_prefix',
        '+ firewall family inet filter INET_IN term mine then accept',
      ],
    },
    {
      name: 'the top level',
      diff: '[edit]\n+  routing-instances {\n+      x {\n+          interface ae0.5;\n+      }\n+  }',
      expected: ['+ routing-instances x interface ae0.5'],
    },
    {
      name: 'a changed leaf',
      diff: '[edit interfaces ae0 unit 5]\n-    description a;\n+    description "a b";',
      expected: ['- interfaces ae0 unit 5 description a', '+ interfaces ae0 unit 5 description a b'],
    },
    {
      name: 'a removed block',
      diff: '[edit interfaces]\n-   ae9 {\n-       unit 0 {\n-           family inet;\n-       }\n-   }',
      expected: ['- interfaces ae9 unit 0 family inet'],
    },
    { name: 'an empty block', diff: '[edit interfaces]\n+   ae9 {\n+   }', expected: ['+ interfaces ae9'] },
    { name: 'an elided block', diff: '[edit interfaces]\n-   ae9 { ... }', expected: ['- interfaces ae9'] },
    {
      name: 'a term that moved',
      diff: '[edit firewall filter F]\n      term a { ... }\n!     term b { ... }\n      term c { ... }',
      expected: ['! firewall filter F term b'],
    },
    {
      name: 'an activation',
      diff: '[edit interfaces ae0]\n!    inactive: unit 5 { ... }',
      expected: ['! inactive: interfaces ae0 unit 5'],
    },
    {
      name: 'signed lines inside unsigned ones',
      diff: '[edit]\n   interfaces {\n       ae0 {\n+          mtu 9000;\n           vlan-tagging;\n       }\n   }',
      expected: ['+ interfaces ae0 mtu 9000'],
    },
    {
      name: 'a list that grew',
      diff: '[edit routing-options]\n-  instance-import [ A B ];\n+  instance-import [ A B C ];',
      expected: ['+ routing-options instance-import C'],
    },
    {
      name: 'a list that was one value before',
      diff: '[edit routing-options]\n-  instance-import A;\n+  instance-import [ A B ];',
      expected: ['+ routing-options instance-import B'],
    },
    {
      name: 'a list that shrank to one value',
      diff: '[edit routing-options]\n-  instance-import [ A B ];\n+  instance-import B;',
      expected: ['- routing-options instance-import A'],
    },
    {
      name: 'a list in another order',
      diff: '[edit system]\n-  apply-groups [ A B ];\n+  apply-groups [ B A C ];',
      expected: ['+ system apply-groups C', '! system apply-groups'],
    },
    {
      name: 'a new list',
      diff: '[edit]\n+  apply-groups [ A B ];',
      expected: ['+ apply-groups A', '+ apply-groups B'],
    },
    {
      name: 'a list that was deactivated',
      diff: '[edit]\n-  apply-groups [ A B ];\n+  inactive: apply-groups [ A B ];',
      expected: ['- apply-groups A', '- apply-groups B', '+ inactive: apply-groups'],
    },
    {
      name: 'several tags, in any order',
      diff: '[edit interfaces ae0]\n-    protect: inactive: unit 5 { ... }\n-    inactive: protect: mtu 9000;',
      expected: ['- protect: interfaces ae0 unit 5', '- inactive: interfaces ae0 mtu 9000'],
    },
    {
      name: 'content that the router leaves out',
      diff: '[edit interfaces ae0]\n-    unit 5 { /* OMITTED */ };\n     /* note */;',
      expected: ['- interfaces ae0 unit 5'],
    },
    { name: 'an empty list', diff: '[edit]\n+  apply-groups [ ];', expected: ['+ apply-groups'] },
    {
      name: 'an annotation over several lines',
      diff: '[edit interfaces ae0]\n+    /* unit of\n+       ours; { */\n+    unit 5;',
      expected: ['+ interfaces ae0 unit 5'],
    },
    {
      name: 'a description that looks like a block',
      diff: '[edit interfaces ae0 unit 5]\n+    description "} unit 6 { ... [edit]";',
      expected: ['+ interfaces ae0 unit 5 description } unit 6 { ... [edit]'],
    },
  ];
  for (const { name, diff, expected } of cases)
    it(`reads ${name}`, () => assert.deepEqual(changes(diff), expected));

  it('says in which line a change stands', () => {
    assert.deepEqual(
      readDiff('\n[edit]\n+  a {\n+      b;\n+  }\n[edit c]\n-  d;').map(({ line }) => line),
      [4, 7],
    );
  });

  const wrong: readonly [name: string, diff: string, message: RegExp][] = [
    ['text without a header', '+ a;', /line 1: expected \[edit …\]/],
    ['a header that is none', '[editor a]\n', /line 1: expected \[edit …\]/],
    ['a header that is not closed', '[edit a\n', /line 1: expected \[edit …\]/],
    ['a line with another sign', '[edit]\n>  a;', /line 2: expected a line that begins with/],
    [
      'a block that is not closed',
      '[edit]\n+  a {\n[edit b]\n',
      /line 2: expected the end of the statement|line 3: expected the end of the statement/,
    ],
    ['a block that was not opened', '[edit]\n+  a;\n+  }', /line 3: expected a statement, got "}"/],
    ['a statement without an end', '[edit]\n+  a {\n+  b\n+  }', /line 4: expected ";", got "}"/],
    ['words after a list', '[edit]\n+  a [ b ] c;', /line 2: expected ";" after a list/],
    [
      'a change of which only a comment is there',
      '[edit]\n+  /* OMITTED */;',
      /line 2: expected a statement/,
    ],
    ['a quote that is not closed', '[edit]\n+  a "b;', /line 2: expected a closing quote/],
  ];
  for (const [name, diff, message] of wrong) {
    it(`refuses ${name}`, () =>
      assert.throws(
        () => readDiff(diff),
        (error) => error instanceof DiffError && message.test(error.message),
      ));
  }
});

describe('changes outside of what is owned', () => {
  it('are none for a gateway that owns all its stanzas', () => {
    assert.deepEqual(
      outsideOf(
        gateway,
        'interfaces ae0 unit 1025',
        'policy-options prefix-list mine_prefix',
        'firewall family inet filter INET_IN term mine',
      ),
      [],
    );
  });

  it('are all that no owned path leads to', () => {
    assert.deepEqual(outsideOf(gateway, 'interfaces ae0 unit 1025', 'policy-options'), [
      '+ firewall family inet filter INET_IN term mine from destination-prefix-list mine_prefix',
      '+ firewall family inet filter INET_IN term mine then accept',
    ]);
  });

  it('compare words, not letters', () => {
    assert.deepEqual(outsideOf('[edit interfaces ae0]\n+    unit 10250;', 'interfaces ae0 unit 1025'), [
      '+ interfaces ae0 unit 10250',
    ]);
  });

  it('do not include a new container on the way that holds owned things only', () => {
    const diff =
      '[edit]\n+  firewall {\n+      filter F {\n+          term mine {\n+              then accept;\n+          }\n+      }\n+  }';
    assert.deepEqual(outsideOf(diff, 'firewall filter F term mine'), []);
  });

  it('include what else a new container on the way holds', () => {
    const diff =
      '[edit]\n+  firewall {\n+      filter F {\n+          term mine {\n+              then accept;\n+          }\n+          term other;\n+      }\n+  }';
    assert.deepEqual(outsideOf(diff, 'firewall filter F term mine'), ['+ firewall filter F term other']);
  });

  it('include an empty or elided container on the way', () => {
    assert.deepEqual(outsideOf('[edit]\n+  firewall {\n+  }', 'firewall filter F'), ['+ firewall']);
    assert.deepEqual(outsideOf('[edit]\n-  firewall { ... }', 'firewall filter F'), ['- firewall']);
  });

  it('include the move of a sibling', () => {
    assert.deepEqual(
      outsideOf('[edit firewall filter F]\n!   term other { ... }', 'firewall filter F term mine'),
      ['! firewall filter F term other'],
    );
  });
});
