import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../../command/run.ts';
import { loginClass } from '../../../simulator/server/index.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { readXml } from '../../../netconf/xml-reader.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import { escapeXml } from '../../../simulator/device/xml.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { fresh, newMembers, owedChangeFor, requestOf } from '../../etcd/reservation-fixture.ts';
import { confirmed, describeAe0 } from '../../simulator/device/scene.ts';
import { openCheckScene, PASSWORD, type CheckScene, type ReportLine } from './scene.ts';
import { fakeIo } from '../fake-io.ts';

const NAMES = [
  'reachable',
  'host key',
  'login',
  'hello',
  'software',
  'routing engines',
  'confirmed commits',
  'permissions',
  'candidate',
  'commit history',
  'others',
  'clock',
  'dialect',
];

describe('gateway-saga routers check', function () {
  this.timeout(20_000);
  const etcd = useEtcd();
  let scene: CheckScene;

  const open = async (...options: [] | [Parameters<typeof openCheckScene>[1]]) => {
    scene = await openCheckScene(etcd().endpoint, ...options);
    return scene;
  };
  afterEach(async () => {
    await scene.close();
  });

  it('finds a router well that gateways can use, changes nothing there, and ends its session', async () => {
    const { router, check } = await open();
    const before = router.device.inspect();
    const { code, out, err } = await check('--json');
    assert.deepEqual([code, err], [0, '']);
    const { checks, notAsked, ...rest } = JSON.parse(out) as {
      checks: { name: string; result: string }[];
      notAsked: string[];
    };
    assert.deepEqual(rest, { id: router.id, name: 'MX-1' });
    assert.deepEqual([checks.map(({ name }) => name), notAsked], [NAMES, []]);
    assert.deepEqual(
      checks.filter(({ result }) => result !== 'ok'),
      [],
    );
    assert.deepEqual(router.device.inspect(), before);
  });

  it('takes no lock, loads nothing and checks nothing', async () => {
    const { router, check, folder } = await open();
    const file = join(folder, 'transcript.xml');
    assert.equal((await check('--transcript', file)).code, 0);
    const text = readFileSync(file, 'utf8');
    const operations = Array.from(
      text.matchAll(/from="client" [^>]* operation="([^"]*)"/g),
      ([, name]) => name,
    );
    assert.ok(operations.length > 8);
    const writing = /^(lock|unlock|load|edit|commit|discard|validate|kill|open|close-conf)/;
    assert.deepEqual(
      operations.filter((name) => writing.test(name ?? '')),
      [],
    );
    assert.equal(router.device.inspect().lock, null);
  });

  it('prints lines of at most 80 columns, each with its result and name', async () => {
    const { check } = await open({ options: { clockAhead: 60_000 } });
    const { code, out } = await check();
    assert.equal(code, 0);
    for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
    for (const name of NAMES) assert.match(out, new RegExp(`^  (ok     |warning)  ${name} `, 'm'));
    assert.match(out, /^12 ok, 1 warning, 0 failed$/m);
  });

  it('ends at the step that failed, and says what to do', async () => {
    const { router, check, line, env, folder } = await open();
    router.server.setReachable(false);
    // The simulated router takes the connection and cuts it.
    const cut = await check();
    assert.equal(cut.code, 1);
    assert.match(cut.out, /not asked: .*software/s);
    router.server.setReachable(true);
    const nobody = fakeIo({ ...env, GATEWAY_SAGA_CONNECT_TO: `${router.id}:127.0.0.1:1` });
    assert.equal(await scene.begin(nobody), 1);
    assert.match(nobody.out(), /^  failed   reachable {10}can't be reached \(connect\): .*ECONNREFUSED/m);
    assert.match(nobody.out(), /--connect-to/);

    writeFileSync(join(folder, 'known_hosts'), '');
    const key = await line('host key');
    assert.equal(key.result, 'failed');
    assert.match(key.text, /^ssh-ed25519 SHA256:\S+ is unknown$/);
    assert.match(key.mend ?? '', /ssh-keyscan -p \d+ 127\.0\.0\.1 >> /);
    assert.equal((await line('reachable')).result, 'ok');
  });

  it('fails if the router ends the session behind a good answer, because the rest was not seen', async () => {
    const { router, check } = await open();
    router.device.faults.add({ rpc: 'get-software-information', outcome: { kind: 'half-close' } });
    const { code, out } = await check();
    assert.match(out, /^  ok {7}software /m);
    assert.match(out, /^  failed   routing engines {4}the router has ended the session$/m);
    assert.match(out, /^5 ok, 0 warning, 1 failed; not asked: confirmed commits/m);
    assert.equal(code, 1);
  });

  it('tells a login that is refused', async () => {
    const { gateway, line, check } = await open();
    for (const { type, body } of gateway.neighbours) if (type === 'edge_router') body['password'] = 'another';
    await scene.writeRecords();
    const login = await line('login');
    assert.equal(login.result, 'failed');
    assert.match(login.text, /authentication of "esi" was refused/);
    const { code, out } = await check();
    assert.equal(code, 1);
    assert.doesNotMatch(out, /another/);
  });

  it('tells which reads the login class does not allow', async () => {
    const text = 'system { login { class c { permissions [ configure view ]; } } }';
    const { line, check } = await open({ loginClass: loginClass(text, 'c') });
    const permissions = await line('permissions');
    assert.equal(permissions.result, 'failed');
    assert.equal(permissions.text, 'refused: get-configuration, get-configuration compare');
    assert.match(permissions.mend ?? '', /The login class/);
    assert.equal((await check()).code, 1);
  });

  it('tells edits that nobody has committed, and whose commit is pending', async () => {
    const { line, operator, check } = await open();
    const other = operator();
    await other.set(describeAe0('downstairs'));
    const candidate = await line('candidate');
    assert.equal(candidate.result, 'warning');
    assert.match(candidate.text, /^\d+ lines of edits that nobody has committed: gateways wait$/);
    await other.ok(confirmed(10, 'a safety net'));
    assert.equal((await line('candidate')).text, 'clean');
    const others = await line('others');
    assert.equal(others.result, 'warning');
    assert.match(
      others.text,
      /^a confirmed commit by esi at .* \("a safety net"\) is pending: gateways wait$/,
    );
    assert.equal((await line('commit history')).text, '2 commits; a pending commit is marked');
    assert.equal((await check()).code, 0);
    await other.commit();
    assert.match((await line('commit history')).text, /confirmed ones without a mark/);
    assert.equal((await line('others')).result, 'ok');
    other.session.close();
  });

  it('names a mark that stays for ever', async () => {
    const { line, operator } = await open({ options: { pendingMark: 'forever' } });
    const other = operator();
    await other.set(describeAe0('downstairs'));
    await other.ok(confirmed(10));
    await other.set('delete interfaces ae0 description');
    await other.commit();
    assert.match((await line('commit history')).text, /marks stay on commits that are over/);
    other.session.close();
  });

  for (const [clockAhead, words] of [
    [90_000, /^(89|90|91) s ahead of this host's clock$/],
    [-90_000, /^(89|90|91) s behind this host's clock$/],
  ] as const) {
    it(`tells a clock that is ${clockAhead / 1_000} s ahead`, async () => {
      const { line } = await open({ options: { clockAhead } });
      const clock = await line('clock');
      assert.equal(clock.result, 'warning');
      assert.match(clock.text, words);
      assert.match(clock.mend ?? '', /NTP/);
    });
  }

  it('tells how many routing engines there are, and what synchronizes them', async () => {
    await open();
    assert.equal((await scene.line('routing engines')).text, 'one: re0');
    await scene.close();
    await open({ options: { routingEngines: 2 } });
    const two = await scene.line('routing engines');
    assert.deepEqual(
      [two.result, two.text],
      ['ok', 're0 and re1; commits ask for both, as the policy has "auto"'],
    );
    const file = join(scene.folder, 'policy.json');
    writeFileSync(file, JSON.stringify({ synchronize: { '*': 'never' } }));
    const never = await scene.line('routing engines', '--policy', file);
    assert.equal(never.result, 'warning');
    assert.match(never.text, /^re0 and re1, but commits reach one of them/);
    const other = scene.operator();
    await other.set('set system commit synchronize');
    await other.commit();
    other.session.close();
    const own = await scene.line('routing engines', '--policy', file);
    assert.equal(own.text, "re0 and re1; the router's configuration synchronizes commits");
  });

  it('tells a maintenance hold and a record that can not be read', async () => {
    const { line, router } = await open();
    const since = new Date().toISOString();
    await etcd().store.beginMaintenance(router.id, { reason: 'new line card', by: 'alice', since });
    const held = await line('others');
    assert.deepEqual(
      [held.result, held.text, held.mend],
      [
        'warning',
        `held for maintenance: new line card (alice, since ${since})`,
        `gateway-saga routers release ${router.id}`,
      ],
    );
    await etcd().raw.put(KEYS.router(router.id)).value('{');
    assert.equal((await line('others')).result, 'failed');
  });

  it('counts the changes that the router owes, reverts and deletions', async () => {
    const { line, router } = await open();
    const { store } = etcd();
    const request = requestOf([router.id, fresh('router')]);
    await store.reserve(request);
    const issued = await store.issueToken(request, {});
    assert.ok(issued.kind === 'issued');
    const [revert, deletion] = newMembers(2).map(({ gateway }) => owedChangeFor(gateway));
    assert.ok(revert && deletion);
    await store.addOwedChanges(issued.fence, router.id, [revert]);
    assert.equal((await line('others')).text, '1 change is owed here');
    await store.addOwedChanges(issued.fence, router.id, [{ ...deletion, deletion: 'decided' }]);
    const { result, text, mend } = await line('others');
    assert.deepEqual([result, text, mend], ['warning', '2 changes are owed here', 'gateway-saga doctor']);
  });

  it('speaks with chunked framing, and reads the hello of either', async () => {
    const { line } = await open({ options: { base11: true } });
    assert.match((await line('hello')).text, /^session \d+, \d+ capabilities, user esi, class j-super-user$/);
    assert.match((await line('software')).text, /^vmx, Junos \S+, host-name MX-1$/);
  });

  describe('--for', () => {
    const gatewayOf = ({ gateway }: CheckScene) => ['--for', gateway.resourceType, gateway.resourceId];

    it('finds all names that the gateway refers to', async () => {
      await open();
      const names = await scene.line('names', ...gatewayOf(scene));
      assert.equal(names.result, 'ok', names.text);
      assert.match(
        names.text,
        /InetGW1-VRRP, FILTER_10M-GA-UP-INET, .*INSTANCE-USER_IN.*, INET_IN term all-accept, INET_OUT term/,
      );
    });

    it('names what the router does not have', async () => {
      await open();
      const other = scene.operator();
      await other.set(
        'delete groups InetGW1-VRRP\ndelete firewall family inet filter INET_IN term all-accept',
      );
      await other.commit();
      other.session.close();
      const names = await scene.line('names', ...gatewayOf(scene));
      assert.equal(names.result, 'failed');
      assert.equal(
        names.text,
        'not on the router: groups InetGW1-VRRP, firewall family inet filter INET_IN term all-accept',
      );
    });

    it('reads what a router prints as routers print it, and says what it can’t read', async () => {
      await open();
      const printing = (by: (body: string) => string) => {
        const { faults } = scene.router.device;
        faults.clear();
        faults.add({ rpc: 'get-configuration', times: Infinity, outcome: { kind: 'rewrite', by } });
      };
      const seen = async () => {
        const { out } = await scene.check('--json', ...gatewayOf(scene));
        const { checks } = JSON.parse(out) as { readonly checks: readonly ReportLine[] };
        return checks.filter(({ name }) => ['names', 'VRRP timers'].includes(name));
      };
      printing((body) => body.replace('InetGW1-VRRP {', '/* note */; protect: active: InetGW1-VRRP {'));
      const good = await seen();
      assert.deepEqual(
        good.map(({ result }) => result),
        ['ok', 'ok'],
        good.map(({ text }) => text).join(),
      );
      printing((body) => body.replace('</configuration-text>', 'x [ "</configuration-text>'));
      for (const { result, text } of await seen()) {
        assert.equal(result, 'failed');
        assert.match(text, /^what the router shows can't be read \(line \d+, column \d+: /);
      }
    });

    it('tells the VRRP timers of the units, and what they mean for the limits', async () => {
      await open();
      const brief = await scene.line('VRRP timers', ...gatewayOf(scene));
      assert.equal(
        brief.text,
        'vrrp-group 20: 2 × (3 advertisements of 1 s + skew 0.6 s) for startup-silent-period 4 s = 7.2 s; waited for at least 60 s',
      );
      const vrrp =
        'groups InetGW1-VRRP interfaces <*> unit <*> family inet address 100.64.20.2/24 vrrp-group 20';
      const other = scene.operator();
      await other.set(`set ${vrrp} fast-interval 10000`, `set ${vrrp} preempt hold-time 324`);
      await other.commit();
      other.session.close();
      const slow = await scene.line('VRRP timers', ...gatewayOf(scene));
      assert.equal(slow.result, 'failed');
      assert.match(
        slow.text,
        /^vrrp-group 20: .* \+ hold-time 324 s = 35\d(\.\d)? s, and as long as BACKUP proves nothing: 39\d(\.\d)? s, more than "vrrpMaxMs", 360 s$/,
      );
    });

    it('tells what the router has for all its VRRP groups', async () => {
      await open();
      const other = scene.operator();
      await other.set('set protocols vrrp global-advertisements-threshold 5');
      await other.commit();
      other.session.close();
      const { text } = await scene.line('VRRP timers', ...gatewayOf(scene));
      assert.match(text, /^vrrp-group 20: 5 advertisements of 1 s \+ /);
    });

    it('warns of a VRRP group whose timers are not known, because it follows one that is not there', async () => {
      await open();
      const other = scene.operator();
      await other.set(
        'set groups InetGW1-VRRP interfaces <*> unit <*> family inet address 100.64.20.2/24 vrrp-group 20 vrrp-inherit-from active-group 1',
      );
      await other.commit();
      other.session.close();
      const { result, text, mend } = await scene.line('VRRP timers', ...gatewayOf(scene));
      assert.equal(result, 'warning');
      assert.match(
        text,
        /^vrrp-group 20: not known, because it inherits from vrrp-group 1 on \S+, which is not there$/,
      );
      assert.match(mend ?? '', /such gateways are refused before the commit/);
    });

    it('says why nothing is rendered, and is misuse for a gateway on other routers', async () => {
      await open();
      const names = await scene.line('names', '--for', 'vpn_gateway', randomUUID());
      assert.deepEqual([names.result, /got nothing/.test(names.text)], ['failed', true]);
      const elsewhere = { primary: randomUUID(), secondary: randomUUID() };
      const other = gatewayOn('internet_gateway', elsewhere, 1);
      await writeRecords([etcd().endpoint], [...other.neighbours, other.gateway].map(recordOf));
      const { code, err } = await scene.check('--for', other.resourceType, other.resourceId);
      assert.equal(code, 2, err);
      assert.match(err, /--for: expected a gateway on router \S+, got one on \S+ and \S+/);
    });
  });

  it('writes a transcript in which no password and no secret of the router stands', async () => {
    const { check, folder, operator, gateway } = await open();
    const other = operator();
    const vrrp =
      'groups InetGW1-VRRP interfaces <*> unit <*> family inet address 100.64.20.2/24 vrrp-group 20';
    await other.set(`set ${vrrp} authentication-key sesame`);
    await other.ok(
      `<commit-configuration><log>${escapeXml(`password ${PASSWORD}`)}</log></commit-configuration>`,
    );
    other.session.close();
    const file = join(folder, 'transcript.xml');
    const { code } = await check('--transcript', file, '--for', gateway.resourceType, gateway.resourceId);
    assert.equal(code, 0);
    const text = readFileSync(file, 'utf8');
    assert.match(text, /<log>\s*password MASKED\s*<\/log>/);
    assert.match(text, /authentication-key MASKED/);
    for (const secret of [PASSWORD, escapeXml(PASSWORD), 'sesame', '$9$'])
      assert.ok(!text.includes(secret), secret);
    const transcript = readXml(text);
    assert.deepEqual(
      transcript.children.map(({ name, attributes }) => [name, attributes['router'], attributes['address']]),
      [['session', 'MX-1', '10.79.5.185:830']],
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const [session] = transcript.children;
    assert.ok(session);
    assert.match(session.attributes['session-id'] ?? '', /^\d+$/);
    const [hello, greeting, ...others] = session.children;
    assert.deepEqual(
      new Set([hello, greeting].map((one) => one?.attributes['from'])),
      new Set(['client', 'server']),
    );
    for (const message of [hello, greeting]) assert.equal(message?.attributes['operation'], 'hello');
    for (const { name, attributes, text: inside } of others) {
      assert.equal(name, 'message');
      assert.match(attributes['at'] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
      assert.match(attributes['ms'] ?? '', /^\d+$/);
      assert.match(inside, attributes['from'] === 'client' ? /^<rpc / : /^<rpc-reply /);
      assert.match(attributes['operation'] ?? '', /^(get-|close-session)/);
      assert.equal(/^\d+$/.test(attributes['took-ms'] ?? ''), attributes['from'] === 'server');
    }
  });

  it('can not be asked without etcd or without a record: exit code 2', async () => {
    const { env } = await open();
    for (const [id, more, words] of [
      [randomUUID(), {}, /there is no such id and no such name/],
      [scene.router.id, { ETCDCTL_ENDPOINTS: '127.0.0.1:1' }, /etcd/],
    ] as const) {
      const io = fakeIo({ ...env, ...more });
      assert.equal(await main(['routers', 'check', id], io), 2);
      assert.match(io.err(), words);
      assert.equal(io.out(), '');
    }
  });

  for (const argv of [
    [],
    ['a', 'b'],
    ['a', '--for', 'vpn_gateway'],
    ['a', '--for'],
    ['a', '--reason', 'x'],
  ]) {
    it(`does not understand: ${argv.join(' ')}`, async () => {
      const { env } = await open();
      assert.equal(await main(['routers', 'check', ...argv], fakeIo(env)), 2);
    });
  }

  it('lets nobody else read a transcript that replaces a file which others could read', async () => {
    const { check, folder } = await open();
    const file = join(folder, 'transcript.xml');
    writeFileSync(file, 'an older one');
    chmodSync(file, 0o644);
    assert.equal((await check('--transcript', file)).code, 0);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /^<\?xml /);
  });

  it('does not begin if the transcript can not be written', async () => {
    await open();
    const { code, err, out } = await scene.check('--transcript', join(scene.folder, 'none', 'x.xml'));
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /--transcript: expected a file that can be written and kept from others, got /);
  });

  it('tells a policy that wants no confirmed commits', async () => {
    const { folder, line } = await open();
    const file = join(folder, 'policy.json');
    writeFileSync(file, JSON.stringify({ confirmedCommits: { '*': 'never' } }));
    assert.equal((await line('confirmed commits', '--policy', file)).result, 'warning');
  });
});
