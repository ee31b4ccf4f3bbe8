import assert from 'node:assert/strict';
import { JunosSyntaxError } from '../../../junos/syntax-error.ts';
import { edgeRouterConfig } from '../../../simulator/device/base-config.ts';
import { createDevice } from '../../../simulator/device/create.ts';
import { loginClass } from '../../../simulator/device/login-class.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { client, COMMIT, LOCK, texts, UNLOCK, type Client } from './scene.ts';

const CLASS = `system { login { class few {
  permissions [ configure view view-configuration ];
  allow-configuration-regexps [ "interfaces ae.* unit .*" "firewall family inet filter .* term .*" ];
} class none { } } }`;

describe('a user of a login class', () => {
  let few: Client;
  let none: Client;
  let root: Client;
  beforeEach(() => {
    const device = createDevice({
      name: 'r',
      config: edgeRouterConfig({ hostName: 'r', role: 'primary' }),
      clock: createVirtualClock(),
      users: [
        { name: 'few', permission: loginClass(CLASS, 'few') },
        { name: 'none', permission: loginClass(CLASS, 'none') },
        { name: 'root', permission: 'super-user' },
      ],
    });
    [few, none, root] = ['few', 'none', 'root'].map((name) => client(device, name)) as [
      Client,
      Client,
      Client,
    ];
  });

  it('edits, commits and deletes statements that the patterns allow', async () => {
    await few.ok(LOCK);
    await few.load('interfaces { ae0 { unit 7 { vlan-id 7; description "a b"; } } }');
    await few.ok(COMMIT);
    await few.set('delete interfaces ae0 unit 7');
    await few.ok(COMMIT);
    await few.ok(UNLOCK);
  });

  const refused: [edited: string, edit: (user: Client) => Promise<string>, path: string][] = [
    [
      'a statement that no pattern covers',
      (u) => setLine(u, 'set system host-name mine'),
      '[edit system host-name]',
    ],
    ['the interface itself', (u) => setLine(u, 'set interfaces ae0 mtu 9000'), '[edit interfaces ae0 mtu]'],
    [
      'another interface',
      (u) => setLine(u, 'set interfaces lo0 unit 0 description x'),
      '[edit interfaces lo0 unit 0 description]',
    ],
    ['the removal of a whole block', (u) => setLine(u, 'delete interfaces'), ''],
    ['a deactivation', (u) => setLine(u, 'deactivate system'), '[edit]'],
    ['a rollback to an earlier configuration', (u) => u.ask('<load-configuration rollback="1"/>'), ''],
    [
      'an override of the whole configuration',
      (u) =>
        u.ask(
          '<load-configuration action="override" format="text"><configuration-text>interfaces { ae0 { unit 7; } }</configuration-text></load-configuration>',
        ),
      '',
    ],
  ];
  for (const [edited, edit, path] of refused)
    it(`is refused ${edited}, and the candidate is unchanged`, async () => {
      // The history needs an earlier configuration.
      await root.set('set system domain-name example.net');
      await root.ok(COMMIT);
      const reply = await edit(few);
      assert.deepEqual([...new Set(texts(reply, 'error-message'))], ['permission denied']);
      if (path !== '') assert.deepEqual([...new Set(texts(reply, 'error-path'))], [path]);
      assert.equal((await few.compare()).trim(), '');
    });

  it('cannot move a statement that the patterns do not cover', async () => {
    await root.set(
      'set policy-options policy-statement p term a then accept',
      'set policy-options policy-statement p term b then accept',
    );
    await root.ok(COMMIT);
    const reply = await setLine(few, 'insert policy-options policy-statement p term b before term a');
    assert.match(reply, /permission denied/);
  });

  it('cannot kill a session without the flag maintenance', async () => {
    const kill = `<kill-session><session-id>${root.session.id}</session-id></kill-session>`;
    assert.deepEqual(texts(await few.ask(kill), 'error-message'), ['permission denied']);
    await root.ok('<get-commit-information/>');
  });

  it('can only close the session without flags', async () => {
    for (const rpc of [LOCK, COMMIT, '<get-configuration format="text"/>', '<get-commit-information/>'])
      assert.deepEqual(texts(await none.ask(rpc), 'error-message'), ['permission denied'], rpc);
    await none.ok('<close-session/>');
  });

  const setLine = (user: Client, line: string): Promise<string> =>
    user.ask(
      `<load-configuration action="set" format="text"><configuration-set>${line}</configuration-set></load-configuration>`,
    );
});

describe('a login class', () => {
  it('is refused if it has a statement that the router would not heed', () => {
    const text = 'system { login { class c { permissions [ view ]; deny-commands x; } } }';
    assert.throws(
      () => loginClass(text, 'c'),
      /Expected permissions or allow-configuration-regexps, got deny-commands x/,
    );
    assert.throws(() => loginClass(text, 'd'), /Expected a login class d, got none/);
    assert.throws(() => loginClass('system {', 'c'), JunosSyntaxError);
  });

  for (const word of ['unit (', '[', 'a**', 'x)|(y'])
    it(`is refused if a pattern has the word ${word}, which is no regular expression`, () => {
      const text = `system { login { class c { permissions configure; allow-configuration-regexps [ "interfaces .*" "interfaces ${word}" ]; } } }`;
      assert.throws(() => loginClass(text, 'c'), {
        name: 'RangeError',
        message: `Expected regular expressions, got interfaces ${word}`,
      });
    });
});
