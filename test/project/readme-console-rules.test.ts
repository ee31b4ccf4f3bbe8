import assert from 'node:assert/strict';
import { consoleStepsOf, filesOf, missingLine, screenOf } from './readme-console.ts';

describe('a console block', () => {
  it('has commands, each with the lines below it', () => {
    const text = '```console\n$ one --a \\\n    --b\nfirst\n\nsecond\n$ two\n```\n```sh\n$ three\n```\n';
    assert.deepEqual(consoleStepsOf({ path: 'page.md', text }), [
      { command: 'one --a --b', shown: ['first', '', 'second'] },
      { command: 'two', shown: [] },
    ]);
  });

  it('has files that the page tells to make', () => {
    const text =
      'As `a/b.hbs`:\n\n<!-- prettier-ignore -->\n```handlebars\n{{a}}\n```\n\nAlso `c.json`:\n\n```json\n{}\n```\n';
    assert.deepEqual(
      [...filesOf({ path: 'page.md', text })],
      [
        ['a/b.hbs', '{{a}}\n'],
        ['c.json', '{}\n'],
      ],
    );
  });

  for (const [shown, printed] of [
    ['created version 1', 'created version 1'],
    ['ended 2026-11-22T03:19:53.670Z', 'ended 2027-01-01T00:00:00.000Z'],
    ['  ✓ plan                0.6 s  etcd', '  ✓ plan               12.6 s  etcd'],
    ['etcd      127.0.0.1:2379', 'etcd      127.0.0.1:24434'],
    ['on ports 44903 (MX-1), 45115 (MX-2)', 'on ports 1 (MX-1), 2 (MX-2)'],
    ['reservation 5f0c2a91.7', 'reservation 320d745f.12'],
    ['a … (c)', 'a b. (c)'],
    ['a\n…\nc', 'a\nb\nc\nb\nc'],
    ['a\n…\nc', 'a\nc'],
  ] as const) {
    it(`shows ${JSON.stringify(shown)} where ${JSON.stringify(printed)} is printed`, () => {
      assert.equal(missingLine(shown.split('\n'), printed.split('\n')), undefined);
    });
  }

  for (const [shown, printed, missing] of [
    ['created version 1', 'created version 2', 'created version 1'],
    ['created', 'created\nversion 1', 'the end'],
    ['created\nversion 1', 'created', 'version 1'],
    ['  ✓ plan  0.6 s  etcd', '  ✗ plan  0.6 s  etcd', '  ✓ plan  0.6 s  etcd'],
    ['  indented', 'indented', '  indented'],
    ['a.c', 'abc', 'a.c'],
    ['a\n…\nd', 'a\nb\nc', 'd'],
    ['4fab887d-8f73', '5fab887d-8f73', '4fab887d-8f73'],
  ] as const) {
    it(`does not show ${JSON.stringify(shown)} where ${JSON.stringify(printed)} is printed`, () => {
      assert.equal(missingLine(shown.split('\n'), printed.split('\n')), missing);
    });
  }

  it('shows what a terminal shows at the end', () => {
    const drawn = '\r\u001b[0Ja\nb\n';
    const again = '\u001b[2A\r\u001b[0J\u001b[1ma2\u001b[0m\nb2\nc\n';
    assert.deepEqual(screenOf(`\r\nhead\r\n${drawn}${again}end  \r\n\r\n`), ['head', 'a2', 'b2', 'c', 'end']);
    assert.deepEqual(screenOf('\r\n'), []);
  });
});
