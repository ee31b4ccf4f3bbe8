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

  it('edits, commits and takes back what its patterns allow', async () => {
    await few.ok(LOCK);
    await few.load('interfaces { ae0 { unit 7 { vlan-id 7; description "a b"; } } }');
    await few.ok(COMMIT);
    await few.set('delete interfaces ae0 unit 7');
    await few.ok(COMMIT);
    await few.ok(UNLOCK);
  });

  const refused: [what: string, edit: (user: Client) => Promise<string>, path: string][] = [
    ['what no pattern names', (u) => tell(u, 'set system host-name mine'), '[edit system host-name]'],
    ['the interface itself', (u) => tell(u, 'set interfaces ae0 mtu 9000'), '[edit interfaces ae0 mtu]'],
    [
      'another interface',
      (u) => tell(u, 'set interfaces lo0 unit 0 description x'),
      '[edit interfaces lo0 unit 0 description]',
    ],
    ['a removal of more than its own', (u) => tell(u, 'delete interfaces'), ''],
    ['a deactivation', (u) => tell(u, 'deactivate system'), '[edit]'],
    ['a return to an earlier configuration', (u) => u.ask('<load-configuration rollback="1"/>'), ''],
    [
      'a configuration instead of the whole',
      (u) =>
        u.ask(
          '<load-configuration action="override" format="text"><configuration-text>interfaces { ae0 { unit 7; } }</configuration-text></load-configuration>',
        ),
      '',
    ],
  ];
  for (const [what, edit, path] of refused)
    it(`is refused ${what}, and nothing of it stays`, async () => {
      // So that there is something to return to.
      await root.set('set system domain-name example.net');
      await root.ok(COMMIT);
      const reply = await edit(few);
      assert.deepEqual([...new Set(texts(reply, 'error-message'))], ['permission denied']);
      if (path !== '') assert.deepEqual([...new Set(texts(reply, 'error-path'))], [path]);
      assert.equal((await few.compare()).trim(), '');
    });

  it('moves no statement that its patterns do not name', async () => {
    await root.set(
      'set policy-options policy-statement p term a then accept',
      'set policy-options policy-statement p term b then accept',
    );
    await root.ok(COMMIT);
    const reply = await tell(few, 'insert policy-options policy-statement p term b before term a');
    assert.match(reply, /permission denied/);
  });

  it('ends no session without maintenance', async () => {
    const kill = `<kill-session><session-id>${root.session.id}</session-id></kill-session>`;
    assert.deepEqual(texts(await few.ask(kill), 'error-message'), ['permission denied']);
    await root.ok('<get-commit-information/>');
  });

  it('does nothing without flags but leave', async () => {
    for (const rpc of [LOCK, COMMIT, '<get-configuration format="text"/>', '<get-commit-information/>'])
      assert.deepEqual(texts(await none.ask(rpc), 'error-message'), ['permission denied'], rpc);
    await none.ok('<close-session/>');
  });

  const tell = (user: Client, line: string): Promise<string> =>
    user.ask(
      `<load-configuration action="set" format="text"><configuration-set>${line}</configuration-set></load-configuration>`,
    );
});

describe('a login class', () => {
  it('is refused where the router would not heed all of it', () => {
    const text = 'system { login { class c { permissions [ view ]; deny-commands x; } } }';
    assert.throws(
      () => loginClass(text, 'c'),
      /Expected permissions or allow-configuration-regexps, got deny-commands x/,
    );
    assert.throws(() => loginClass(text, 'd'), /Expected a login class d, got none/);
    assert.throws(() => loginClass('system {', 'c'), JunosSyntaxError);
  });
});
